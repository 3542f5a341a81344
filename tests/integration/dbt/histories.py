"""Random histories of payment events, as the source table holds them: late, repeated, changed, at the same moment."""

import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

Row = dict[str, Any]

START: Final = datetime(2026, 6, 28, tzinfo=UTC)  # a rate changes on 1 July
EXPONENTS: Final = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}
TYPES: Final = (
    *("charge.succeeded",) * 5,
    *("charge.failed",) * 2,
    "refund.created",
    "charge.dispute.created",
    "payment_intent.succeeded",
)
CUSTOMERS: Final = (None, "unknown", *(f"cus_{number}" for number in range(12)))
ATTACHED: Final = (
    {},
    {"ip_country": "US", "card_funding": "debit"},
    {"ip_country": "DE", "card_funding": "credit", "retry_in_s": "3600", "retry_policy": "explore"},
    {"dispute_reason": "fraudulent"},
)
MERCHANTS: Final = ("acct_1", "acct_2", "acct_3")


def row(**given: Any) -> Row:  # noqa: ANN401 - a column has the type it has
    """Return a row of the source: a guest's payment of 15.90 dollars, but for what is given."""
    defaults: Row = {
        "event_id": "stripe:evt_1",
        "provider": "stripe",
        "event_type": "charge.succeeded",
        "payment_intent_id": None,
        "charge_id": "ch_1",
        "merchant_id": "acct_1",
        "customer_id": None,
        "amount_cents": 1590,
        "currency": "USD",
        "payment_method_type": "card",
        "card_brand": "visa",
        "card_last_four": "4242",
        "card_country": "US",
        "status": "succeeded",
        "failure_code": None,
        "failure_message": None,
        "attempt_number": 1,
        "provider_created_at": START,
        "normalized_at": START,
        "metadata": "{}",
        "schema_version": 1,
        "source": "gateway",
        "fraud_score": 0.1,
        "risk_level": "low",
        "fraud_model_version": "rules",
        "churn_score": 0.1,
        "churn_risk_level": "low",
        "churn_model_version": "rules",
        "retry_strategy": None,
        "retry_delay_seconds": None,
        "retry_model_version": None,
        "validation_status": "valid",
        "processed_at": START,
        "ingested_at": START + timedelta(days=30),
        "load_batch_id": "batch-1",
    }
    made = defaults | given
    return made | {
        "provider_event_id": made["event_id"].removeprefix("stripe:"),
        "amount": Decimal(made["amount_cents"]).scaleb(-EXPONENTS[made["currency"]]),
    }


def history(seed: int) -> list[list[Row]]:
    """Return three batches. Moments are few, so that many events share one; later batches reach back."""
    rng = random.Random(seed)  # noqa: S311 - a history is to be repeatable
    first = [_event(rng, number, "batch-1") for number in range(250)]
    second = [_event(rng, number, "batch-2") for number in range(250, 330)]
    # An event that comes again changed: in some, the older version arrives later, and only the rows tell.
    second += [_event(rng, int(each["event_id"].split("_")[1]), "batch-2") for each in rng.sample(first, 25)]
    third = [_event(rng, number, "batch-3") for number in range(330, 350)]
    # Loaded again as it was; and again under its own batch's id.
    third += [each | {"load_batch_id": "batch-3"} for each in rng.sample(first, 10)]
    third += rng.sample(second, 10)
    return [first, second, third]


def _event(rng: random.Random, number: int, batch: str) -> Row:
    customer = rng.choice(CUSTOMERS)
    days = timedelta(days=rng.choice((0, 0, 1, 2, 3, 5, 8)))
    return row(
        event_id=f"stripe:evt_{number:04}",
        event_type=rng.choice(TYPES),
        charge_id=f"ch_{rng.randrange(40)}",
        merchant_id=rng.choice(MERCHANTS),
        customer_id=customer,
        amount_cents=rng.randrange(30_000),
        currency=rng.choice(tuple(EXPONENTS)),
        card_brand=rng.choice((None, "visa", "amex")),
        card_country=rng.choice((None, "US", "US", "DE")),
        churn_risk_level=rng.choice((None, "low", "low", "high")),
        status=rng.choice(("succeeded", "failed", "pending")),
        provider_created_at=START
        + days
        + timedelta(hours=rng.choice((0, 12, 12, 23)), microseconds=rng.choice((0, 1))),
        ingested_at=START + timedelta(days=rng.randint(30, 33)),
        processed_at=START + timedelta(days=rng.randint(30, 31)),
        load_batch_id=batch,
        metadata=json.dumps(rng.choice(ATTACHED)),
    )
