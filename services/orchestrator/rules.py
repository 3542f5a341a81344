"""The business rules: what must hold for a unified event before anyone counts it as a payment."""

from datetime import datetime, timedelta
from typing import Final

from iso4217 import Currency

from services.contracts.events import UnifiedEvent
from services.orchestrator.messages import Violation

CURRENCIES: Final = frozenset(currency.code for currency in Currency)
MAX_CLOCK_LEAD: Final = timedelta(days=1)
FAILED_PAYMENT: Final = frozenset({"payment_intent.payment_failed", "charge.failed"})


def violations(event: UnifiedEvent, now: datetime) -> list[Violation]:
    """Return every rule that the event breaks; none for a good one. `now` is aware."""
    broken = []
    if event.amount_cents < 0:
        broken.append(Violation("amount_cents", "is negative"))
    if event.currency.upper() not in CURRENCIES:
        broken.append(Violation("currency", "is not in ISO 4217"))
    if event.provider_created_at > now + MAX_CLOCK_LEAD:
        broken.append(Violation("provider_created_at", "is more than one day in the future"))
    if event.payment_intent_id is None and event.charge_id is None:
        broken.append(Violation("payment_intent_id", "is null, and so is charge_id: there is no payment to add it to"))
    return broken


def is_failed_payment(event: UnifiedEvent) -> bool:
    """Say whether this event tells that a payment failed, so that a retry makes sense; a failed refund does not."""
    return event.event_type in FAILED_PAYMENT
