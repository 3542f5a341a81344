"""The parts of Stripe's events that we read, with the types that Stripe documents; all else is ignored.

An account's webhooks keep the shape of the API version that it was pinned to, so old shapes are as real as new ones:
each field says until which version it came. Sources: https://docs.stripe.com/api/events/object, the pages of the
objects below, and https://docs.stripe.com/changelog. A field that Stripe can expand is an id or an object with that id.
"""

from typing import Any

import msgspec


class Expanded(msgspec.Struct, frozen=True):
    """Any object in the place of its id."""

    id: str


Reference = str | Expanded | None
Metadata = dict[str, Any] | None


class Card(msgspec.Struct, frozen=True):
    """The card's public face. Its brand was called `type` before 2014-06-13."""

    brand: str | None = None
    last4: str | None = None
    country: str | None = None
    type: str | None = None


class PaymentMethod(msgspec.Struct, frozen=True):
    """A payment method, or what a charge or dispute tells of it (`payment_method_details`)."""

    type: str | None = None
    card: Card | None = None


class Source(Card, frozen=True):
    """What was paid with before there were payment methods: a card itself, a bank account, or a source with a card."""

    object: str | None = None
    card: Card | None = None


class Outcome(msgspec.Struct, frozen=True):
    """What the card network answered; `reason` is the decline code of a declined charge."""

    reason: str | None = None


class ChargeMethod(msgspec.Struct, frozen=True):
    """How a charge was paid: `payment_method_details`; earlier `source`; before 2015-02-18 `card`."""

    id: str
    payment_method_details: PaymentMethod | None = None
    source: str | Source | None = None
    card: str | Source | None = None


class Charges(msgspec.Struct, frozen=True):
    """The charges of an intent, latest first."""

    data: list[ChargeMethod] = []


class PaymentError(msgspec.Struct, frozen=True):
    """Why the last attempt at a payment intent failed."""

    code: str | None = None
    decline_code: str | None = None
    message: str | None = None
    charge: Reference = None
    payment_method: PaymentMethod | None = None
    source: str | Source | None = None


class StripeObject(msgspec.Struct, frozen=True, tag_field="object"):
    """What an event is about. Stripe names its kind in `object`."""


class PaymentIntent(StripeObject, frozen=True, tag="payment_intent"):
    """The object of `payment_intent.*`.

    `charges` came before 2022-11-15; `source` and `allowed_source_types` before 2019-02-11.
    """

    id: str
    amount: int
    currency: str
    status: str
    customer: Reference = None
    customer_account: str | None = None
    latest_charge: str | ChargeMethod | None = None
    charges: Charges | None = None
    payment_method: str | PaymentMethod | None = None
    payment_method_types: list[str] | None = None
    allowed_source_types: list[str] | None = None
    source: str | Source | None = None
    last_payment_error: PaymentError | None = None
    metadata: Metadata = None


class ChargeFields(ChargeMethod, frozen=True, kw_only=True):
    """A charge in full. Charges made without a payment intent name none."""

    amount: int
    currency: str
    status: str
    payment_intent: Reference = None
    customer: Reference = None
    failure_code: str | None = None
    failure_message: str | None = None
    outcome: Outcome | None = None
    metadata: Metadata = None


class Charge(ChargeFields, frozen=True, tag_field="object", tag="charge"):
    """The object of `charge.*`, `charge.refunded` included."""


class Refund(StripeObject, frozen=True, tag="refund"):
    """The object of `refund.*` and `charge.refund.updated`; of a charge without payment intent it names none."""

    amount: int
    currency: str
    status: str
    charge: Reference = None
    payment_intent: Reference = None
    customer: Reference = None
    customer_account: str | None = None
    failure_reason: str | None = None
    metadata: Metadata = None


class Dispute(StripeObject, frozen=True, tag="dispute"):
    """The object of `charge.dispute.*`; older ones name the charge alone and tell nothing of its card."""

    amount: int
    currency: str
    status: str
    charge: Reference = None
    payment_intent: Reference = None
    payment_method_details: PaymentMethod | None = None
    metadata: Metadata = None


class EarlyFraudWarning(StripeObject, frozen=True, tag="radar.early_fraud_warning"):
    """The object of `radar.early_fraud_warning.*`: it has no amount, but may hold the charge that has."""

    charge: str | ChargeFields


class Data(msgspec.Struct, frozen=True):
    """The envelope's content."""

    object: PaymentIntent | Charge | Refund | Dispute | EarlyFraudWarning


class Event(msgspec.Struct, frozen=True):
    """The envelope; `created` is in seconds since 1970. Connect events name an account, before 2017-05-25 `user_id`."""

    id: str
    type: str
    created: int
    data: Data
    account: str | None = None
    user_id: str | None = None
