"""Wrong answers that learners give, each with the part of the message that only it must get."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

Event = dict[str, Any]
Events = list[Event]
AT = "event_timestamp"
WEEK = timedelta(days=7)


def prepare() -> None:
    """The town, and what importing Feast takes: not within the first test's time."""
    from labkit.labs.features import requesting, town, viewing  # noqa: F401, PLC0415 - it takes seconds

    town.features()


def counted(true_of: Callable[[Event, datetime], bool]) -> Callable[[Events, datetime], int]:
    return lambda events, at: sum(true_of(one, at) for one in events)


def paid(one: Event) -> bool:
    return one["kind"] == "payment"


def joined(**changes: Any) -> Callable[..., pd.DataFrame]:  # noqa: ANN401 - pandas' own arguments
    def as_of(payments: pd.DataFrame, rows: pd.DataFrame, ttl: timedelta) -> pd.DataFrame:
        given = {"on": AT, "by": "customer_id", "tolerance": ttl} | changes
        return pd.merge_asof(payments.sort_values(AT), rows.sort_values(AT), **given)

    return as_of


def of_anybody(payments: pd.DataFrame, rows: pd.DataFrame, ttl: timedelta) -> pd.DataFrame:
    others = rows.drop(columns="customer_id").sort_values(AT)
    return pd.merge_asof(payments.sort_values(AT), others, on=AT, tolerance=ttl)


def every_row(payments: pd.DataFrame, rows: pd.DataFrame, _ttl: timedelta) -> pd.DataFrame:
    return payments.merge(rows, on="customer_id", how="left", suffixes=("", "_row"))


def newest_of_all(payments: pd.DataFrame, rows: pd.DataFrame, _ttl: timedelta) -> pd.DataFrame:
    newest = rows.sort_values(AT).groupby("customer_id").tail(1).drop(columns=AT)
    return payments.merge(newest, on="customer_id", how="left")


def without_the_unknown(payments: pd.DataFrame, rows: pd.DataFrame, ttl: timedelta) -> pd.DataFrame:
    return joined()(payments, rows, ttl).dropna(subset=["row"])


def zero_for_unknown(payments: pd.DataFrame, rows: pd.DataFrame, ttl: timedelta) -> pd.DataFrame:
    found = joined()(payments, rows, ttl)
    return found.fillna({name: 0 for name in found.columns if name.startswith("customer_") and name != "customer_id"})


def differs(a: float, b: float) -> bool:
    return a != b and not (math.isnan(a) and math.isnan(b))


def detector(
    hide: Callable[[Event, datetime], bool],
    different: Callable[[float, float], bool] = differs,
    decide: Callable[[list[bool]], Any] = any,
) -> Callable[..., Any]:
    def sees_the_future(feature: Any, events: Events, moments: Any) -> Any:  # noqa: ANN401
        return decide(
            [
                different(feature(events, at), feature([one for one in events if not hide(one, at)], at))
                for at in moments
            ]
        )

    return sees_the_future


def later(one: Event, at: datetime) -> bool:
    return bool(one["available_at"] > at)


def viewed(**changes: Any) -> Callable[..., Any]:  # noqa: ANN401 - Feast's own arguments
    """Return the reference's view, but for these arguments."""

    def guest_view(guest: Any, source: Any) -> Any:  # noqa: ANN401
        from feast import FeatureView  # noqa: PLC0415 - it takes seconds

        given = {"name": "guest", "entities": [guest], "ttl": timedelta(days=30), "schema": schema(), "source": source}
        return FeatureView(**(given | changes))

    return guest_view


def with_schema(**changes: str | None) -> Callable[..., Any]:
    """Return the reference's view, but for these fields' types; None leaves a field out."""

    def guest_view(guest: Any, source: Any) -> Any:  # noqa: ANN401
        return viewed(schema=schema(**changes))(guest, source)

    return guest_view


def schema(**changes: str | None) -> list[Any]:
    from feast import Field, types  # noqa: PLC0415 - it takes seconds

    kinds = {
        "customer_id": "String",
        "customer_payments_7d": "Int32",
        "customer_spent_usd_cents_30d": "Int64",
        "customer_tier": "String",
    } | changes
    return [Field(name=name, dtype=getattr(types, kind)) for name, kind in kinds.items() if kind]


Columns = Any


def cents(payments: Columns) -> Any:  # noqa: ANN401
    return np.maximum(payments["amount_usd_cents"].to_numpy(dtype=float), 1)


def usual(payments: Columns) -> Any:  # noqa: ANN401
    return payments["customer_log_usd_mean_90d"].to_numpy(dtype=float, na_value=np.nan)


def above(payments: Columns) -> Any:  # noqa: ANN401
    return np.log(cents(payments)) - usual(payments)


WRONG: dict[str, dict[str, tuple[Any, str]]] = {
    "payments_7d": {
        "what had happened": (
            counted(lambda one, at: paid(one) and at - WEEK < one["occurred_at"] <= at),
            "is known tomorrow",
        ),
        "known within the week": (
            counted(lambda one, at: paid(one) and at - WEEK < one["available_at"] <= at),
            "how old it is tells `occurred_at`",
        ),
        "no window": (
            counted(lambda one, at: paid(one) and one["available_at"] <= at),
            "the window has seven days",
        ),
        "the whole edge": (
            counted(lambda one, at: paid(one) and one["available_at"] <= at and one["occurred_at"] >= at - WEEK),
            "it has just left the window",
        ),
        "strictly before": (
            counted(lambda one, at: paid(one) and one["available_at"] < at and one["occurred_at"] > at - WEEK),
            "is known then, and is not counted",
        ),
        "everything that happened": (
            counted(lambda one, at: one["available_at"] <= at and one["occurred_at"] > at - WEEK),
            "a failed charge, a refund or a report is counted",
        ),
        "no time but the window": (
            counted(lambda one, at: paid(one) and one["occurred_at"] > at - WEEK),
            "is known tomorrow",
        ),
        "whether": (
            lambda events, at: any(paid(one) and one["available_at"] <= at for one in events),
            "returned a bool",
        ),
        "the sum": (
            lambda events, at: sum(one["amount_usd"] for one in events if paid(one) and one["available_at"] <= at),
            "returned a float",
        ),
        "one at least": (lambda events, _at: max(len(events), 1), "a guest of whom nothing is known has"),
        "hours": (
            counted(lambda one, at: paid(one) and timedelta(0) <= at - one["available_at"] < timedelta(hours=7)),
            "of three payments it counts",
        ),
    },
    "as_of": {
        "nearest": (joined(direction="nearest"), "have a row of later than themselves"),
        "forward": (joined(direction="forward"), "have a row of later than themselves"),
        "the newest of all": (newest_of_all, "the newest of all"),
        "of anybody": (of_anybody, "the features of somebody else"),
        "no TTL": (joined(tolerance=None), "have a row older than the TTL"),
        "strictly before": (joined(allow_exact_matches=False), "lack the row of their own moment"),
        "every row": (every_row, "joined with every row of its guest"),
        "without the unknown": (without_the_unknown, "payments are missing"),
        "a shorter TTL": (joined(tolerance=timedelta(days=1)), "and there is one within the TTL"),
        "zero for unknown": (zero_for_unknown, "is not what Feast says of them"),
        "not sorted": (
            lambda payments, rows, _ttl: pd.merge_asof(payments, rows, on=AT, by="customer_id"),
            "`as_of` raised ValueError",
        ),
        "the row's number only": (
            lambda payments, rows, ttl: joined()(payments, rows, ttl)[["payment", "row"]],
            "the result lacks the columns",
        ),
        "an array": (lambda payments, rows, ttl: joined()(payments, rows, ttl).to_numpy(), "returned a ndarray"),
    },
    "sees_the_future": {
        "by what had happened": (
            detector(lambda one, at: one["occurred_at"] > at),
            "What had happened is not what was known",
        ),
        "hides the moment": (
            detector(lambda one, at: one["available_at"] >= at),
            "a fact that became known at the very moment is known",
        ),
        "NaN": (detector(later, lambda a, b: a != b), "NaN is not equal to itself"),
        "the last moment": (detector(later, decide=lambda found: found[-1]), "it counts reports, whenever they came"),
        "the first moment": (detector(later, decide=lambda found: found[0]), "every moment has to be tried"),
        "at all moments": (detector(later, decide=all), "it counts reports, whenever they came"),
        "innocent": (lambda _feature, _events, _moments: False, "it counts reports, whenever they came"),
        "the other way round": (
            detector(later, decide=lambda found: not any(found)),
            "it counts reports, whenever they came",
        ),
        "guilty": (lambda _feature, _events, _moments: True, "a fact that became known at the very moment is known"),
        "how often": (detector(later, decide=sum), "`sees_the_future` returned a int"),
        "hides the past": (
            detector(lambda one, at: one["available_at"] <= at),
            "a fact that became known at the very moment is known",
        ),
    },
    "guest_view": {
        "no TTL": (viewed(ttl=timedelta(0)), "the view has no TTL"),
        "90 days": (viewed(ttl=timedelta(days=90)), "agreed on were 30 days"),
        "30 hours": (viewed(ttl=timedelta(hours=30)), "agreed on were 30 days"),
        "offline only": (viewed(online=False), "the view is not for the online store"),
        "another name": (viewed(name="guests"), "finds nothing"),
        "no entity": (viewed(entities=[]), "features of whom?"),
        "no key": (with_schema(customer_id=None), "the schema lacks the key"),
        "a feature missing": (with_schema(customer_tier=None), "the schema lacks customer_tier"),
        "a feature more": (with_schema(customer_payments="Int32"), "which nobody asked for"),
        "all texts": (with_schema(customer_payments_7d="String"), "and in the table it is a"),
        "its fields": (lambda _guest, _source: schema(), "returned a list"),
        "no source": (lambda guest, _source: viewed(source=None)(guest, None), "the view has no source"),
    },
    "amount_above_usual": {
        "zero for unknown": (lambda payments: np.nan_to_num(above(payments)), "What is unknown is NaN"),
        "below": (lambda payments: -above(payments), "the payment less the usual"),
        "no logarithm": (lambda payments: cents(payments) - usual(payments), "natural logarithms of US cents"),
        "a ratio": (lambda payments: np.log(cents(payments)) / usual(payments), "natural logarithms of US cents"),
        "log10": (lambda payments: np.log10(cents(payments)) - usual(payments), "natural logarithms of US cents"),
        "dollars": (lambda payments: np.log(cents(payments) / 100) - usual(payments), "natural logarithms of US cents"),
        "centred": (lambda payments: above(payments) - np.nanmean(above(payments)), "in the company of others"),
        "ranked among others": (
            lambda payments: pd.Series(cents(payments)).rank().to_numpy() + 0 * usual(payments),
            "in the company of others",
        ),
        "one number": (lambda payments: float(np.nanmean(above(payments))), "one number for each"),
        "texts": (lambda payments: [f"{one:.2f} more" for one in above(payments)], "that is no column of numbers"),
        "free is minus infinity": (
            lambda payments: (
                np.log(np.where(payments["amount_usd_cents"] > 0, cents(payments), np.nan)) - usual(payments)
            ),
            "count less than one cent as one",
        ),
    },
}

RIGHT: dict[str, dict[str, Any]] = {
    "payments_7d": {
        "a loop": lambda events, at: len(
            [1 for one in events if paid(one) and one["available_at"] <= at < one["occurred_at"] + WEEK]
        )
    },
    "as_of": {"in the payments' order": lambda *given: joined()(*given).sort_values("payment")},
    "amount_above_usual": {
        "a series": lambda payments: pd.Series(above(payments), index=payments.index),
        "with pandas": lambda payments: (
            np.log(payments["amount_usd_cents"].astype(float).clip(lower=1))
            - payments["customer_log_usd_mean_90d"].astype(float)
        ),
    },
}
