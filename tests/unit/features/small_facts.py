"""Facts as the marts hold them, from a small simulated history: made in plain Python, without servers."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa

from services.features.activity import COLUMNS
from services.simulator.chance import dice
from services.simulator.history.clock import Clock
from services.simulator.history.generation import History
from services.simulator.story import Step, dispute_metadata, metadata

Row = dict[str, Any]
TIME: Final = pa.timestamp("us", tz="UTC")
INTEGERS: Final = ("amount_usd_cents", "attempt_number", "retry_in_s")
TIMES: Final = ("occurred_at", "ingested_at")
SCHEMA: Final = pa.schema(
    (name, pa.int64() if name in INTEGERS else TIME if name in TIMES else pa.string()) for name in COLUMNS
)
KINDS: Final = {
    "charge.succeeded": "payment",
    "charge.failed": "failure",
    "refund.created": "refund",
    "charge.dispute.created": "dispute",
}
USD: Final = {"usd": 1.0, "eur": 1.1, "gbp": 1.3, "jpy": 0.7, "kwd": 0.3}
"""US cents for one of a currency's smallest units, roughly."""


@lru_cache
def simulated(events: int = 6_000, seed: int = 7, days: int = 100) -> tuple[Row, ...]:
    """Return the facts of a history, in no promised order."""
    past = History(events, seed, days=days)
    clock = Clock(dice("clock", seed))
    return tuple(row for step in past.steps() if (row := _fact(step, clock)))


def _fact(step: Step, clock: Clock) -> Row | None:
    stored_ms = clock.handled(step.type, step.at)[-1]
    if step.type not in KINDS and step.type != "radar.early_fraud_warning.created":
        return None
    payment, attempt, card = step.payment, step.attempt, step.attempt.card
    attached = dispute_metadata(step.dispute) if step.dispute else metadata(payment, attempt)
    charged = step.type.startswith("charge.") and not step.dispute
    return fact(
        event_id=f"stripe:{step.event_id}",
        event_type=step.type,
        payment_intent_id=payment.id,
        charge_id=step.charge_id,
        merchant_id=payment.merchant.id,
        customer_id=payment.customer.id if charged else None,
        amount_usd_cents=round(step.amount_cents * USD[payment.merchant.currency]),
        currency=payment.merchant.currency.upper(),
        card_brand=card.brand,
        card_last_four=card.last4,
        card_country=card.country,
        card_funding=attached.get("card_funding"),
        buyer_country=attached.get("ip_country"),
        failure_code=attempt.failure.reason if attempt.failure else None,
        attempt_number=attempt.number,
        retry_in_s=int(attached["retry_in_s"]) if "retry_in_s" in attached else None,
        retry_policy=attached.get("retry_policy"),
        dispute_reason=attached.get("dispute_reason"),
        occurred_at=datetime.fromtimestamp(step.at, UTC),
        ingested_at=datetime.fromtimestamp(stored_ms / 1_000, UTC),
    )


def fact(**given: Any) -> Row:  # noqa: ANN401 - a column has the type it has
    """Return one fact: a payment of 10 dollars at noon of 1 June 2026, but for what is given."""
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    defaults: Row = dict.fromkeys(COLUMNS) | {
        "event_id": "stripe:evt_1",
        "event_type": "charge.succeeded",
        "payment_intent_id": "pi_1",
        "charge_id": "ch_1",
        "merchant_id": "acct_1",
        "customer_id": "cus_1",
        "amount_usd_cents": 1_000,
        "currency": "USD",
        "card_brand": "visa",
        "card_last_four": "4242",
        "card_country": "US",
        "buyer_country": "US",
        "card_funding": "credit",
        "attempt_number": 1,
        "occurred_at": noon,
    }
    made = defaults | given
    made["ingested_at"] = given.get("ingested_at", made["occurred_at"] + timedelta(seconds=1))
    return made | {"event_kind": KINDS.get(made["event_type"], "other")}


def table(rows: tuple[Row, ...] | list[Row]) -> pa.Table:
    """Return the facts as Arrow, with the marts' types."""
    return pa.Table.from_pylist(list(rows), schema=SCHEMA)
