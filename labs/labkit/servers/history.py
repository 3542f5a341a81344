"""A simulated past as the marts hold it: the columns of `fct_payments` that features and labels are counted from.

From the simulator straight to rows. Bronze, the batch and dbt, which labs 05 to 07 are about, are left out: that saves
minutes, and the rows are the same but for the sample rates of the currencies.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pyarrow as pa

from services.features.activity import COLUMNS, FRAUD_WARNING
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


def facts(past: History) -> pa.Table:
    """Return the facts of a history, one row per event that says something, in no promised order."""
    return pa.Table.from_pylist(list(rows(past)), schema=SCHEMA)


def rows(past: History) -> Iterator[Row]:
    """Yield the same as dictionaries."""
    clock = Clock(dice("clock", past.seed))
    for step in past.steps():
        stored_ms = clock.handled(step.type, step.at)[-1]
        if step.type in KINDS or step.type == FRAUD_WARNING:
            yield _row(step, stored_ms)


def _row(step: Step, stored_ms: int) -> Row:
    payment, attempt, card = step.payment, step.attempt, step.attempt.card
    attached = dispute_metadata(step.dispute) if step.dispute else metadata(payment, attempt)
    charged = step.type.startswith("charge.") and not step.dispute
    return {
        "event_id": f"stripe:{step.event_id}",
        "event_type": step.type,
        "event_kind": KINDS.get(step.type, "other"),
        "payment_intent_id": payment.id,
        "charge_id": step.charge_id,
        "merchant_id": payment.merchant.id,
        "customer_id": payment.customer.id if charged else None,
        "amount_usd_cents": round(step.amount_cents * USD[payment.merchant.currency]),
        "currency": payment.merchant.currency.upper(),
        "card_brand": card.brand,
        "card_last_four": card.last4,
        "card_country": card.country,
        "card_funding": attached.get("card_funding"),
        "buyer_country": attached.get("ip_country"),
        "failure_code": attempt.failure.reason if attempt.failure else None,
        "attempt_number": attempt.number,
        "retry_in_s": int(attached["retry_in_s"]) if "retry_in_s" in attached else None,
        "retry_policy": attached.get("retry_policy"),
        "dispute_reason": attached.get("dispute_reason"),
        "occurred_at": datetime.fromtimestamp(step.at, UTC),
        "ingested_at": datetime.fromtimestamp(stored_ms / 1_000, UTC),
    }
