"""What each kind of Stripe object tells about a payment, before any clean-up."""

from typing import Final

import msgspec

from services.normalizer import payment_methods
from services.normalizer.errors import NormalizationError
from services.normalizer.payment_methods import NO_METHOD
from services.normalizer.stripe_events import (
    Charge,
    ChargeFields,
    ChargeMethod,
    Dispute,
    EarlyFraudWarning,
    Metadata,
    Outcome,
    PaymentError,
    PaymentIntent,
    PaymentMethod,
    Reference,
    Refund,
)

STATUSES: Final = {
    "paid": "succeeded",  # of charges before 2015-02-18
    "requires_source": "requires_payment_method",  # of payment intents before 2019-02-11, and the next
    "requires_source_action": "requires_action",
}
"""Statuses that an earlier API version called otherwise. Source: https://docs.stripe.com/changelog."""


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """The common ground of a payment intent, a charge, a refund and a dispute.

    `status` is the object's own status: a refund's `succeeded` means that the money went back. `amount` likewise: a
    refund's is what was refunded, a dispute's what is disputed.
    """

    amount: int
    currency: str
    status: str
    payment_intent_id: str | None = None
    charge_id: str | None = None
    customer_id: str | None = None
    method: PaymentMethod = NO_METHOD
    failure_code: str | None = None
    failure_message: str | None = None
    metadata: Metadata = None


def payment_of(subject: PaymentIntent | Charge | Refund | Dispute | EarlyFraudWarning) -> Payment:
    """Return what an event's object tells about a payment.

    Raises:
        NormalizationError: an early fraud warning without its charge expanded, for it has no amount of its own.
    """
    match subject:
        case PaymentIntent():
            return _of_payment_intent(subject)
        case Charge():
            return _of_charge(subject)
        case Refund():
            return _of_refund(subject)
        case Dispute():
            return _of_dispute(subject)
        case EarlyFraudWarning(charge=ChargeFields() as charge):
            return _of_charge(charge)
        case EarlyFraudWarning():
            raise NormalizationError("data.object.charge", "is not expanded, so the warning has no amount and currency")


def _id(reference: Reference | ChargeMethod) -> str | None:
    return reference if reference is None or isinstance(reference, str) else reference.id


def _of_payment_intent(intent: PaymentIntent) -> Payment:
    error = intent.last_payment_error or PaymentError()
    charge = intent.latest_charge or (intent.charges.data[0] if intent.charges and intent.charges.data else None)
    return Payment(
        amount=intent.amount,
        currency=intent.currency,
        status=STATUSES.get(intent.status, intent.status),
        payment_intent_id=intent.id,
        charge_id=_id(charge) or _id(error.charge),
        customer_id=_id(intent.customer) or intent.customer_account,
        method=payment_methods.of_payment_intent(intent, charge if isinstance(charge, ChargeMethod) else None),
        # "card_declined" alone says little; the decline code tells "insufficient_funds" from "lost_card".
        failure_code=error.decline_code or error.code,
        failure_message=error.message,
        metadata=intent.metadata,
    )


def _of_charge(charge: ChargeFields) -> Payment:
    outcome = charge.outcome or Outcome()
    decline_code = outcome.reason if charge.failure_code == "card_declined" else None
    return Payment(
        amount=charge.amount,
        currency=charge.currency,
        status=STATUSES.get(charge.status, charge.status),
        payment_intent_id=_id(charge.payment_intent),
        charge_id=charge.id,
        customer_id=_id(charge.customer),
        method=payment_methods.of_charge(charge),
        failure_code=decline_code or charge.failure_code,
        failure_message=charge.failure_message,
        metadata=charge.metadata,
    )


def _of_refund(refund: Refund) -> Payment:
    return Payment(
        amount=refund.amount,
        currency=refund.currency,
        status=refund.status,
        payment_intent_id=_id(refund.payment_intent),
        charge_id=_id(refund.charge),
        customer_id=_id(refund.customer) or refund.customer_account,
        failure_code=refund.failure_reason,
        metadata=refund.metadata,
    )


def _of_dispute(dispute: Dispute) -> Payment:
    return Payment(
        amount=dispute.amount,
        currency=dispute.currency,
        status=dispute.status,
        payment_intent_id=_id(dispute.payment_intent),
        charge_id=_id(dispute.charge),
        method=dispute.payment_method_details or NO_METHOD,
        metadata=dispute.metadata,
    )
