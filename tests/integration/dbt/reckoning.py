"""The marts computed a second time, event by event in plain Python, to compare with what dbt's SQL makes of them."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from hashlib import md5
from itertools import groupby
from typing import Any

from services.contracts.settings import REPOSITORY

Row = dict[str, Any]

KINDS = {
    "charge.succeeded": "payment",
    "charge.failed": "failure",
    "refund.created": "refund",
    "charge.dispute.created": "dispute",
}
CUSTOMER_FIGURES = (
    *("customer_tier", "risk_profile", "card_brand", "card_country", "churn_risk_level"),
    *("event_count", "payment_count", "failure_count", "lifetime_usd_cents", "lifetime_usd"),
)
UNKNOWN = "unknown"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Marts:
    """The rows of each mart, in no order."""

    customers: list[Row]
    merchants: list[Row]
    facts: list[Row]
    daily: list[Row]


def marts(rows: Iterable[Row]) -> Marts:
    """Return what the marts hold for these rows of the source."""
    events = current(rows)
    customers = customer_versions(events)
    merchants = merchant_versions(events)
    facts = [fact(event, customers, merchants) for event in events]
    return Marts(customers, merchants, facts, daily(facts))


def current(rows: Iterable[Row]) -> list[Row]:
    """Return one row per event, its newest version, with its kind and US cents, in order of time and id."""
    newest: dict[str, Row] = {}
    for row in rows:
        held = newest.setdefault(row["event_id"], row)
        if _version(row) > _version(held):
            newest[row["event_id"]] = row
    return sorted(
        (
            row
            | {
                "event_kind": KINDS.get(row["event_type"], "other"),
                "amount_usd_cents": usd_cents(row),
                "occurred_at": row["provider_created_at"],
                "occurred_on": row["provider_created_at"].date(),
            }
            | attached(json.loads(row["metadata"]))
            for row in newest.values()
        ),
        key=lambda event: (event["occurred_at"], event["event_id"]),
    )


def attached(metadata: dict[str, str]) -> Row:
    """Return what the shop attached, under the fact's names."""
    planned = metadata.get("retry_in_s")
    return {
        "buyer_country": metadata.get("ip_country"),
        "retry_in_s": int(planned) if planned else None,
        **{name: metadata.get(name) for name in ("card_funding", "retry_policy", "dispute_reason")},
    }


def usd_cents(row: Row) -> int:
    """Return the amount in US cents at its day's rate, half a cent rounded up."""
    with (REPOSITORY / "dbt/seeds/reference/currencies.csv").open() as file:
        rates = sorted(
            (date.fromisoformat(line["valid_from"]), Decimal(line["usd_rate"]), int(line["exponent"]))
            for line in csv.DictReader(file)
            if line["currency"] == row["currency"]
        )
    held = [rate for rate in rates if rate[0] <= row["provider_created_at"].date()] or rates[:1]
    _, rate, exponent = held[-1]
    cents = Decimal(row["amount_cents"]).scaleb(2 - exponent) * rate
    return int(cents.quantize(Decimal(1), ROUND_HALF_UP))


def customer_versions(events: list[Row]) -> list[Row]:
    """Return the rows of dim_customer."""
    nothing = dict.fromkeys(CUSTOMER_FIGURES)
    versions = _closed([{"customer_id": UNKNOWN, "valid_from": EPOCH} | nothing], "customer")
    own: dict[str, list[Row]] = defaultdict(list)
    for event in events:
        if event["customer_id"] not in (None, UNKNOWN):
            own[event["customer_id"]].append(event)
    for customer_id, theirs in own.items():
        history: list[Row] = []
        known: Row = {"card_brand": None, "card_country": None, "churn_risk_level": None}
        counts = dict.fromkeys(("event_count", "payment_count", "failure_count", "lifetime_usd_cents"), 0)
        for moment, together in groupby(theirs, key=lambda event: event["occurred_at"]):
            for event in together:
                known |= {name: event[name] for name in known if event[name] is not None}
                counts["event_count"] += 1
                counts["payment_count"] += event["event_kind"] == "payment"
                counts["failure_count"] += event["event_kind"] == "failure"
                counts["lifetime_usd_cents"] += event["amount_usd_cents"] * (event["event_kind"] == "payment")
            tried = counts["payment_count"] + counts["failure_count"]
            tracked = known | {
                "customer_tier": _tier(counts["lifetime_usd_cents"]),
                "risk_profile": _risk(counts["failure_count"] / tried if tried else 0),
            }
            if not history or any(history[-1][name] != value for name, value in tracked.items()):
                dollars = {"lifetime_usd": Decimal(counts["lifetime_usd_cents"]) / 100}
                history.append({"customer_id": customer_id, "valid_from": moment} | tracked | counts | dollars)
        versions += _closed(history, "customer")
    return versions


def merchant_versions(events: list[Row]) -> list[Row]:
    """Return the rows of dim_merchant."""
    paid_to: dict[str | None, str] = {}
    for event in sorted(events, key=lambda event: event["event_id"]):
        if event["event_kind"] == "payment":
            paid_to.setdefault(event["charge_id"], event["merchant_id"])
    days: dict[str, dict[date, list[tuple[str, int]]]] = defaultdict(lambda: defaultdict(list))
    for event in events:
        own, day, kind = event["merchant_id"], event["occurred_on"], event["event_kind"]
        days[own][day].append(("other" if kind == "dispute" else kind, event["amount_usd_cents"]))
        if kind == "dispute":
            days[paid_to.get(event["charge_id"]) or own][day].append((kind, 0))
    versions = []
    for merchant_id, theirs in days.items():
        counts = dict.fromkeys(("payment", "failure", "refund", "dispute"), 0)
        history = [_merchant(merchant_id, min(theirs), counts, 0)]
        cents = 0
        for day in sorted(theirs):
            for kind, usd in theirs[day]:
                cents += usd if kind == "payment" else 0
                counts[kind] = counts.get(kind, 0) + 1
            rated = _merchant(merchant_id, day + timedelta(days=1), counts, cents)
            changed = any(rated[name] != history[-1][name] for name in ("merchant_tier", "health_band"))
            if changed and day < max(event["occurred_on"] for event in events):
                history.append(rated)
        versions += _closed(history, "merchant")
    return versions


def fact(event: Row, customers: list[Row], merchants: list[Row]) -> Row:
    """Return the row of fct_payments: the event, and the versions that held when it occurred."""
    customer = _version_at(customers, "customer_id", event["customer_id"] or UNKNOWN, event["occurred_at"])
    merchant = _version_at(merchants, "merchant_id", event["merchant_id"], event["occurred_at"])
    return event | {
        "payment_key": _key(event["event_id"]),
        "customer_key": customer["customer_key"],
        "merchant_key": merchant["merchant_key"],
    }


def daily(facts: list[Row]) -> list[Row]:
    """Return the rows of fct_daily_payments."""
    grain = ("occurred_on", "merchant_id", "currency", "event_kind", "status")
    sums: dict[tuple[Any, ...], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 4)
    for each in facts:
        added = (1, each["amount_cents"], each["amount"], each["amount_usd_cents"])
        group = tuple(each[name] for name in grain)
        sums[group] = [total + value for total, value in zip(sums[group], added, strict=True)]
    names = ("event_count", "amount_cents", "amount", "amount_usd_cents")
    return [
        dict(zip(("payment_date", *grain[1:]), group, strict=True)) | dict(zip(names, totals, strict=True))
        for group, totals in sums.items()
    ]


def _version(row: Row) -> tuple[datetime, datetime, str]:
    return row["ingested_at"], row["processed_at"], row["load_batch_id"]


def _key(*parts: object) -> str:
    return md5("-".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def _closed(history: list[Row], name: str) -> list[Row]:
    """Give each version its end, which is the next one's beginning, and its key."""
    ends = [version["valid_from"] for version in history[1:]] + [None]
    return [
        version
        | {
            f"{name}_key": _key(version[f"{name}_id"], version["valid_from"].strftime("%Y-%m-%d %H:%M:%S.%f UTC")),
            "valid_to": end,
            "is_current": end is None,
        }
        for version, end in zip(history, ends, strict=True)
    ]


def _version_at(versions: list[Row], key: str, value: str, at: datetime) -> Row:
    """Return the one version of this key that holds at this moment."""
    (found,) = [
        version
        for version in versions
        if version[key] == value
        and version["valid_from"] <= at
        and (version["valid_to"] is None or at < version["valid_to"])
    ]
    return found


def _merchant(merchant_id: str, rated_on: date, counts: dict[str, int], cents: int) -> Row:
    payments, failures = counts["payment"], counts["failure"]
    attempts = payments + failures
    disputed = counts["dispute"] / payments if payments else None
    refunded = counts["refund"] / payments if payments else None
    failed = failures / attempts if attempts else None
    score = None
    if disputed is not None and refunded is not None and failed is not None:
        score = max(0.0, 100.0 - 2000.0 * disputed - 100.0 * refunded - 100.0 * failed)
    return {
        "merchant_id": merchant_id,
        "merchant_tier": _tier(cents),
        "health_band": _band(score) if attempts >= 10 and score is not None else "unrated",
        "health_score": score,
        "dispute_rate": disputed,
        "refund_rate": refunded,
        "failure_rate": failed,
        "payment_count": payments,
        "failure_count": failures,
        "refund_count": counts["refund"],
        "dispute_count": counts["dispute"],
        "lifetime_usd_cents": cents,
        "lifetime_usd": Decimal(cents) / 100,
        "valid_from": datetime.combine(rated_on, time(), UTC),
    }


def _tier(cents: int) -> str:
    return next(
        (name for at, name in ((100_000, "platinum"), (50_000, "gold"), (10_000, "silver")) if cents >= at), "bronze"
    )


def _risk(rate: float) -> str:
    return "high_risk" if rate >= 0.15 else "medium_risk" if rate >= 0.05 else "low_risk"


def _band(score: float) -> str:
    return "healthy" if score >= 70 else "watch" if score >= 40 else "at_risk"
