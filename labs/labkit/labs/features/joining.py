"""Exercise 2: the point-in-time join, by hand; Feast, on the same rows, is the judge."""

from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.features import town
from labkit.servers.unwarned import quietly
from labkit.spec import Passed

TTL: Final = timedelta(days=90)
"""As in the real repository."""
FEATURES: Final = ("customer_payments_7d", "customer_payments_90d", "customer_spent_usd_cents_90d")
AT: Final = "event_timestamp"


def asked() -> pd.DataFrame:
    """Return payments to find features for: `payment`, `customer_id`, `event_timestamp`.

    Three hundred of the town's, some at the very moment of a row, some long after, some of guests nobody has heard of.
    """
    kept = ["customer_id", AT]
    usual = town.charges()[kept].sample(300, random_state=11)
    rows = town.rows()[kept]
    exact = rows.sample(20, random_state=12)
    late = rows.groupby("customer_id", as_index=False)[AT].max().sample(20, random_state=13)
    late = late.assign(**{AT: late[AT] + timedelta(days=120)})
    unknown = usual.head(5).assign(customer_id=[f"cus_unknown_{number}" for number in range(5)])
    together = pd.concat([usual, exact, late, unknown], ignore_index=True)
    return together.assign(payment=np.arange(len(together)))[["payment", *kept]]


def rows() -> pd.DataFrame:
    """Return the feature table's rows, each with its number in `row`."""
    found = town.rows()[["customer_id", AT, *FEATURES]]
    return found.assign(row=np.arange(len(found)))


def from_feast(payments: pd.DataFrame) -> pd.DataFrame:
    """Return what Feast's own point-in-time join finds for the payments, in their order."""
    with quietly():
        return (
            town.features()
            .store.get_historical_features(entity_df=payments, features=[f"customer:{name}" for name in FEATURES])
            .to_df()
            .sort_values("payment", ignore_index=True)
        )


def check(attempt: Attempt) -> Passed:
    """Have payments joined with rows; look at which row each got, then compare the values with Feast's."""
    attempt.written()
    payments, table = asked(), rows()
    found = attempt(payments.copy(), table.copy(), TTL)
    if mistake := _of_shape(found, payments) or _of_rows(found, payments, table):
        raise WrongAnswerError(mistake)
    feast = from_feast(payments)
    mine = found.sort_values("payment", ignore_index=True)
    for name in FEATURES:
        different = ~np.isclose(mine[name].astype(float), feast[name].astype(float), equal_nan=True)
        if different.any():
            raise WrongAnswerError(f"`{name}` of {different.sum()} payments is not what Feast says of them")
    return Passed(
        "each payment has the newest row that was known at its time, or none, as Feast says",
        {
            "payments": str(len(payments)),
            "without a row": str(int(mine["row"].isna().sum())),
            "compared with": "get_historical_features of the real store",
        },
    )


def _of_shape(found: object, payments: pd.DataFrame) -> str | None:
    if not isinstance(found, pd.DataFrame):
        return f"`as_of` returned a {type(found).__name__}; asked for was a DataFrame"
    if missing := {"payment", "row", *FEATURES} - set(found.columns):
        return f"the result lacks the columns {', '.join(sorted(missing))}: keep those of both frames"
    if found["payment"].duplicated().any():
        return (
            f"{len(found)} rows for {len(payments)} payments: a payment is joined with every row of its guest, not "
            "with one"
        )
    if len(found) < len(payments):
        return (
            f"{len(payments) - len(found)} payments are missing: of some guests nothing is known yet, and they "
            "paid all the same. Their features are missing; they are not"
        )
    return None


def _of_rows(found: pd.DataFrame, payments: pd.DataFrame, table: pd.DataFrame) -> str | None:
    """Look up the row that each payment got."""
    chosen = found[["payment", "row"]].merge(payments, on="payment")
    chosen = chosen.merge(table[["row", "customer_id", AT]], on="row", how="left", suffixes=("", "_of_row"))
    has = chosen["row"].notna()
    if (has & (chosen["customer_id"] != chosen["customer_id_of_row"])).any():
        return "payments have the features of somebody else: the newest row, whoever's it is"
    future = has & (chosen[f"{AT}_of_row"] > chosen[AT])
    if future.any():
        if not chosen[has][["customer_id", "row"]].drop_duplicates()["customer_id"].duplicated().any():
            return f"every payment of a guest has the same row, the newest of all: {future.sum()} know the future"
        return f"{future.sum()} payments have a row of later than themselves: the nearest is not the newest so far"
    stale = has & (chosen[f"{AT}_of_row"] + TTL < chosen[AT])
    if stale.any():
        return (
            f"{stale.sum()} payments have a row older than the TTL: after 90 days nobody knows whether it still holds"
        )
    return _of_missed(chosen, table)


def _of_missed(chosen: pd.DataFrame, table: pd.DataFrame) -> str | None:
    ordered, known = (frame.sort_values(AT) for frame in (chosen, table[["row", "customer_id", AT]]))
    right = pd.merge_asof(ordered, known, on=AT, by="customer_id", tolerance=TTL, suffixes=("", "_right"))
    wrong = (right["row"] != right["row_right"]) & right["row_right"].notna()
    if not wrong.any():
        return None
    exact = right["row_right"].isin(known.merge(ordered, on=["customer_id", AT])["row_x"])
    if not (wrong & ~exact).any():
        return f"{wrong.sum()} payments lack the row of their own moment: what holds from a moment on holds at it"
    if (wrong & right["row"].isna()).any():
        return f"{(wrong & right['row'].isna()).sum()} payments got no row, and there is one within the TTL"
    return f"{wrong.sum()} payments have an older row than the newest that was known"
