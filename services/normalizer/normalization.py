"""One Stripe event in, one unified event out: a pure function."""

from datetime import UTC, datetime
from typing import Final, Protocol

import msgspec

from services.contracts.events import UnifiedEvent, event_id
from services.normalizer.decoding import decode
from services.normalizer.errors import NormalizationError
from services.normalizer.money import major_units
from services.normalizer.payments import Payment, payment_of
from services.normalizer.stripe_events import Card, Event, Metadata
from services.normalizer.text import optional_text, required_text

LAST_SECOND: Final = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
MAX_ATTEMPT: Final = 2**31 - 1


class Normalize(Protocol):
    """What `bootstrap` takes in the place of `normalize`."""

    def __call__(self, raw: bytes, *, platform_account_id: str, normalized_at: datetime) -> UnifiedEvent:
        """Return the unified event, or raise `NormalizationError` with the field and the reason."""


def normalize(raw: bytes, *, platform_account_id: str, normalized_at: datetime) -> UnifiedEvent:
    """Return the unified event that a Stripe webhook's body tells of.

    Args:
        raw: the body as Stripe sent it.
        platform_account_id: the merchant of a payment that names none.
        normalized_at: now, aware, in UTC.

    Raises:
        NormalizationError: the body does not satisfy the contract; it tells the field and the reason.
    """
    event = decode(raw)
    payment = payment_of(event.data.object)
    payment_intent_id, charge_id = _ids(payment)
    currency = required_text("data.object.currency", payment.currency).upper()
    metadata = _metadata(payment.metadata)
    card = payment.method.card or Card()
    provider_event_id = required_text("id", event.id)
    return UnifiedEvent(
        event_id=event_id(provider_event_id),
        provider_event_id=provider_event_id,
        event_type=required_text("type", event.type),
        payment_intent_id=payment_intent_id,
        charge_id=charge_id,
        merchant_id=_merchant_id(metadata, event) or platform_account_id,
        customer_id=optional_text("data.object.customer", payment.customer_id),
        amount_cents=payment.amount,
        currency=currency,
        amount=major_units(payment.amount, currency),
        payment_method_type=optional_text("payment_method.type", payment.method.type),
        card_brand=optional_text("card.brand", card.brand),
        card_last_four=optional_text("card.last4", card.last4),
        card_country=optional_text("card.country", card.country),
        status=required_text("data.object.status", payment.status),
        failure_code=optional_text("failure_code", payment.failure_code),
        failure_message=optional_text("failure_message", payment.failure_message),
        attempt_number=_attempt_number(metadata),
        provider_created_at=_created_at(event.created),
        normalized_at=normalized_at,
        metadata=metadata,
    )


def _ids(payment: Payment) -> tuple[str | None, str | None]:
    payment_intent_id = optional_text("data.object.payment_intent", payment.payment_intent_id)
    charge_id = optional_text("data.object.charge", payment.charge_id)
    if payment_intent_id is None and charge_id is None:
        raise NormalizationError("data.object", "names neither a payment intent nor a charge")
    return payment_intent_id, charge_id


def _merchant_id(metadata: dict[str, str], event: Event) -> str | None:
    named = optional_text("data.object.metadata.merchant_id", metadata.get("merchant_id"))
    return named or optional_text("account", event.account or event.user_id)


def _metadata(metadata: Metadata) -> dict[str, str]:
    """Return text for text and JSON for anything else; a null is as good as absent. Stripe itself sends only text."""
    texts = {
        key: value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for key, value in (metadata or {}).items()
        if value is not None
    }
    if any("\x00" in key or "\x00" in text for key, text in texts.items()):
        raise NormalizationError("data.object.metadata", "holds a NUL character")
    return texts


def _attempt_number(metadata: dict[str, str]) -> int:
    """Return the merchant's own count of attempts, from 1. Metadata is free text: what is no count, counts as 1."""
    text = metadata.get("attempt_number", "").strip()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_ATTEMPT)) else 1
    return number if 1 <= number <= MAX_ATTEMPT else 1


def _created_at(seconds: int) -> datetime:
    if not 0 <= seconds <= LAST_SECOND:
        raise NormalizationError("created", "must be in seconds since 1970, up to the year 9999")
    return datetime.fromtimestamp(seconds, UTC)
