"""The second renderer: a step as the bronze row that its webhook would become, in PostgreSQL's COPY text format.

It must agree with the normalizer in every column of the unified event; a test puts both side by side.
"""

from functools import lru_cache
from typing import Final

import msgspec

from services.contracts.events import PROVIDER, SCHEMA_VERSION
from services.normalizer.money import exponent
from services.simulator.history.clock import Clock
from services.simulator.history.timestamps import text
from services.simulator.population import MARKETS
from services.simulator.story import INTENT_STATUS, Step, dispute_metadata, metadata

COLUMNS: Final = (
    "event_id", "provider", "provider_event_id", "event_type", "payment_intent_id", "merchant_id", "customer_id",
    "amount_cents", "currency", "amount", "attempt_number", "metadata", "charge_id", "status", "payment_method_type",
    "card_brand", "card_last_four", "card_country", "failure_code", "failure_message", "provider_created_at",
    "normalized_at", "processed_at", "ingested_at", "schema_version", "source", "validation_status",
)  # fmt: skip
"""The columns that a history fills. The scores stay null: no model was there to score these events."""

NULL: Final = "\\N"
SOURCE: Final = "history"


def in_bronze(step: Step) -> bool:
    """Say whether the step's event becomes a bronze row: not if it is about no payment, or if it has no amount."""
    return step.type not in ("customer.created", "invoice.paid") and not step.bare


def row(step: Step, clock: Clock) -> str:
    """Return the line, newline included. No value holds a tab, a newline or a backslash, so nothing is escaped."""
    payment, dispute, cents = step.payment, step.dispute, step.amount_cents
    event_id = step.event_id
    currency = payment.merchant.currency.upper()
    normalized, processed, stored = clock.handled(step.type, step.at)
    # Refunds and disputes name no customer, and a dispute no attempt.
    customer_id = NULL if dispute or step.type == "refund.created" else payment.customer.id
    attempt_number = 1 if dispute else step.attempt.number
    attached = dispute_metadata(dispute) if dispute else metadata(payment, step.attempt)
    return (
        f"{PROVIDER}:{event_id}\t{PROVIDER}\t{event_id}\t{step.type}\t{payment.id}\t{payment.merchant.id}\t{customer_id}\t"
        f"{cents}\t{currency}\t{_major_units(cents, currency)}\t{attempt_number}\t{_encode(attached).decode()}\t"
        f"{_shown(step)}\t{text(step.at * 1_000)}\t{text(normalized)}\t{text(processed)}\t{text(stored)}\t"
        f"{SCHEMA_VERSION}\t{SOURCE}\tvalid\n"
    )


_NULL_COLUMN: Final = f"\t{NULL}"
_encode: Final = msgspec.json.Encoder().encode
_DECIMALS: Final = {currency.upper(): exponent(currency.upper()) for _, currency, _ in MARKETS}


def _shown(step: Step) -> str:
    """Return the columns from `charge_id` to `failure_message`: what the event's object shows, and others do not.

    See `stripe_objects` for the objects, and the normalizer for how they are read.
    """
    card, failure = step.attempt.card, step.attempt.failure
    charge_id = NULL if step.type == "payment_intent.created" else step.charge_id
    if step.type == "refund.created":
        return f"{charge_id}\tsucceeded" + 6 * _NULL_COLUMN
    if step.dispute:
        return f"{charge_id}\t{step.dispute.status}\tcard\t{card.brand}" + 4 * _NULL_COLUMN
    status = INTENT_STATUS.get(step.type)
    if failure:
        shown = f"{card.brand}\t{card.last4}\t{card.country}\t{failure.reason}\t{failure.message}"
        return f"{charge_id}\t{status or 'failed'}\tcard\t{shown}"
    if status:  # an intent tells only in an error which card it was
        return f"{charge_id}\t{status}\tcard" + 5 * _NULL_COLUMN
    return f"{charge_id}\tsucceeded\tcard\t{card.brand}\t{card.last4}\t{card.country}" + 2 * _NULL_COLUMN


@lru_cache(maxsize=1_000)  # the events of one payment share it
def _major_units(cents: int, currency: str) -> str:
    decimals = _DECIMALS[currency]
    if decimals == 0:
        return str(cents)
    digits = f"{cents:0{decimals + 1}}"
    return f"{digits[:-decimals]}.{digits[-decimals:]}"
