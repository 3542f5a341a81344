"""How a payment was paid, in today's words, whichever API version told it."""

from typing import Final

from services.normalizer.stripe_events import Card, ChargeMethod, PaymentError, PaymentIntent, PaymentMethod, Source

BRANDS: Final = {"american express": "amex", "diners club": "diners"}
"""Brands whose name in `source` is not simply that of `payment_method_details` with capitals.

Source: https://docs.stripe.com/api/cards/object#card_object-brand
"""

NO_METHOD: Final = PaymentMethod()


def of_charge(charge: ChargeMethod) -> PaymentMethod:
    """Return how a charge was paid; empty if it does not tell."""
    return charge.payment_method_details or of_source(charge.source) or of_source(charge.card) or NO_METHOD


def of_payment_intent(intent: PaymentIntent, charge: ChargeMethod | None) -> PaymentMethod:
    """Return how an intent was paid: its charge knows best, then what was attempted, then what alone is allowed."""
    if charge and (method := of_charge(charge)) is not NO_METHOD:
        return method
    error = intent.last_payment_error or PaymentError()
    for candidate in (intent.payment_method, of_source(intent.source), error.payment_method, of_source(error.source)):
        if isinstance(candidate, PaymentMethod):
            return candidate
    allowed = intent.payment_method_types or intent.allowed_source_types or []
    return PaymentMethod(type=allowed[0]) if len(allowed) == 1 else NO_METHOD


def of_source(source: str | Source | None) -> PaymentMethod | None:
    """Return the payment method that a source is; None if only its id is known."""
    if not isinstance(source, Source):
        return None
    if source.object == "card":
        return PaymentMethod("card", _card(source))
    if source.object == "source":
        return PaymentMethod(source.type, _card(source.card) if source.card else None)
    return PaymentMethod(source.object)


def _card(card: Card) -> Card:
    brand = card.brand or card.type
    lower = brand.strip().lower() if brand else None
    return Card(BRANDS.get(lower, lower) if lower else None, card.last4, card.country)
