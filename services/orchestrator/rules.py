"""The business rules: what must hold for a unified event before anyone counts it as a payment."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from iso4217 import Currency

from services.contracts.events import UnifiedEvent
from services.orchestrator.messages import RetryPlan, Score, Violation

CURRENCIES: Final = frozenset(currency.code for currency in Currency)
MAX_CLOCK_LEAD: Final = timedelta(days=1)
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)  # the provider counts seconds from here
AMOUNT_DECIMALS: Final = 4  # what the column keeps; PostgreSQL would round the rest away without a word
FAILED_PAYMENT: Final = frozenset({"payment_intent.payment_failed", "charge.failed"})
DO_NOT_RETRY: Final = RetryPlan(strategy="do_not_retry", delay_seconds=None, model_version="fraud-rule-1")


def violations(event: UnifiedEvent, now: datetime) -> list[Violation]:
    """Return every rule that the event breaks; none for a good one. `now` is aware."""
    broken = []
    if event.amount_cents < 0:
        broken.append(Violation("amount_cents", "is negative"))
    if event.currency.upper() not in CURRENCIES:
        broken.append(Violation("currency", "is not in ISO 4217"))
    if not _keepable(event.amount):
        broken.append(Violation("amount", f"is not a number from 0 with at most {AMOUNT_DECIMALS} decimals"))
    for field, moment in (("provider_created_at", event.provider_created_at), ("normalized_at", event.normalized_at)):
        if moment > now + MAX_CLOCK_LEAD:
            broken.append(Violation(field, "is more than one day in the future"))
        if moment < EARLIEST:
            broken.append(Violation(field, "is before 1970"))
    if event.payment_intent_id is None and event.charge_id is None:
        broken.append(Violation("payment_intent_id", "is null, and so is charge_id: there is no payment to add it to"))
    return broken


def is_failed_payment(event: UnifiedEvent) -> bool:
    """Say whether this event tells that a payment failed, so that a retry makes sense; a failed refund does not."""
    return event.event_type in FAILED_PAYMENT


def is_suspected_fraud(fraud: Score) -> bool:
    """Say whether the payment looks so much like fraud that it must not be tried again."""
    return fraud.risk_level == "high"


def _keepable(amount: Decimal) -> bool:
    exponent = amount.as_tuple().exponent  # a letter for infinity and for what is no number
    return isinstance(exponent, int) and exponent >= -AMOUNT_DECIMALS and amount >= 0
