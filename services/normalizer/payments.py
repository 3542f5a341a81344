"""What each kind of Stripe object tells about a payment, before any clean-up."""

from dataclasses import dataclass, field

from services.normalizer.errors import NormalizationError
from services.normalizer.stripe_events import (
    Charge,
    ChargeFields,
    ChargeOfIntent,
    Dispute,
    EarlyFraudWarning,
    Expanded,
    Metadata,
    Outcome,
    PaymentError,
    PaymentIntent,
    PaymentMethod,
    Reference,
    Refund,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Payment:
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
    method: PaymentMethod = field(default_factory=PaymentMethod)
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


def _id(reference: Reference | ChargeOfIntent) -> str | None:
    return reference.id if isinstance(reference, Expanded | ChargeOfIntent) else reference


def _of_payment_intent(intent: PaymentIntent) -> Payment:
    error = intent.last_payment_error or PaymentError()
    earlier_api = intent.charges.data[0] if intent.charges and intent.charges.data else None
    charge = intent.latest_charge or earlier_api or error.charge
    return Payment(
        amount=intent.amount,
        currency=intent.currency,
        status=intent.status,
        payment_intent_id=intent.id,
        charge_id=_id(charge),
        customer_id=_id(intent.customer),
        method=_method_of_payment_intent(intent, charge),
        # "card_declined" alone says little; the decline code tells "insufficient_funds" from "lost_card".
        failure_code=error.decline_code or error.code,
        failure_message=error.message,
        metadata=intent.metadata,
    )


def _method_of_payment_intent(intent: PaymentIntent, charge: Reference | ChargeOfIntent) -> PaymentMethod:
    if isinstance(charge, ChargeOfIntent) and charge.payment_method_details:
        return charge.payment_method_details
    if isinstance(intent.payment_method, PaymentMethod):
        return intent.payment_method
    if intent.last_payment_error and intent.last_payment_error.payment_method:
        return intent.last_payment_error.payment_method
    allowed = intent.payment_method_types or []
    return PaymentMethod(type=allowed[0] if len(allowed) == 1 else None)


def _of_charge(charge: ChargeFields) -> Payment:
    outcome = charge.outcome or Outcome()
    decline_code = outcome.reason if charge.failure_code == "card_declined" else None
    return Payment(
        amount=charge.amount,
        currency=charge.currency,
        status=charge.status,
        payment_intent_id=_id(charge.payment_intent),
        charge_id=charge.id,
        customer_id=_id(charge.customer),
        method=charge.payment_method_details or PaymentMethod(),
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
        customer_id=_id(refund.customer),
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
        method=dispute.payment_method_details or PaymentMethod(),
        metadata=dispute.metadata,
    )
