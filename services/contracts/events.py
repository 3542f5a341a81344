"""The unified payment event: what the normalizer emits and everything after it reads. Version 1."""

from datetime import datetime
from decimal import Decimal

import msgspec

SCHEMA_VERSION = 1
PROVIDER = "stripe"


class UnifiedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to one payment, whichever Stripe object told us.

    `amount_cents` is the integer that Stripe sends, in the currency's smallest unit; `amount` is the same, exact, in
    major units. Datetimes are aware and in UTC. Either `payment_intent_id` or `charge_id` is set.
    """

    event_id: str
    provider: str = PROVIDER
    provider_event_id: str
    event_type: str
    payment_intent_id: str | None
    charge_id: str | None
    merchant_id: str
    customer_id: str | None
    amount_cents: int
    currency: str
    amount: Decimal
    payment_method_type: str | None
    card_brand: str | None
    card_last_four: str | None
    card_country: str | None
    status: str
    failure_code: str | None
    failure_message: str | None
    attempt_number: int
    provider_created_at: datetime
    normalized_at: datetime
    metadata: dict[str, str]
    schema_version: int = SCHEMA_VERSION


_encoder = msgspec.json.Encoder(decimal_format="string")
_decoder = msgspec.json.Decoder(UnifiedEvent)


def encode(event: UnifiedEvent) -> bytes:
    """Return the event as UTF-8 JSON; `amount` as a string, so that no reader makes a float of it."""
    return _encoder.encode(event)


def decode(data: bytes) -> UnifiedEvent:
    """Return the event that `encode` wrote. Raises `msgspec.ValidationError`, which names the field."""
    return _decoder.decode(data)


def event_id(provider_event_id: str) -> str:
    """Return the platform-wide id of a Stripe event: `evt_…` becomes `stripe:evt_…`; a full id stays as it is."""
    return provider_event_id if ":" in provider_event_id else f"{PROVIDER}:{provider_event_id}"
