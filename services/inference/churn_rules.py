"""Churn, before a model is trained: what one event tells about a customer who may leave.

Most subscriptions that end against the customer's will end with a payment that fails, so failures weigh most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.inference.evidence import combine
from services.inference.messages import PaymentFeatures
from services.inference.models import ModelCard

ANY_CUSTOMER: Final = 0.05
FAILED: Final = 0.25
EACH_FURTHER_ATTEMPT: Final = 0.15
ALL_FURTHER_ATTEMPTS: Final = 0.60
UNKNOWN_CUSTOMER: Final = 0.10
"""A guest checkout: nobody who has shown that they mean to come back."""

FAILED_STATUSES: Final = frozenset({"failed", "canceled"})
FAILED_EVENTS: Final = frozenset({"charge.failed", "payment_intent.payment_failed"})
"""The status alone does not tell: a payment intent `requires_payment_method` before its first attempt too
(https://docs.stripe.com/payments/paymentintents/lifecycle)."""
FAILURE_CODES: Final = {"expired_card": 0.35, "insufficient_funds": 0.25, "lost_card": 0.20, "stolen_card": 0.20}
EVENT_TYPES: Final = (("charge.dispute.", 0.50), ("charge.refund", 0.20), ("refund.", 0.20))

CARD: Final = ModelCard(
    source="rules", features=("event_type", "customer_id", "status", "failure_code", "attempt_number")
)


@dataclass(frozen=True)
class ChurnRules:
    """The baseline for churn."""

    name: str = "churn-baseline"
    version: str = "baseline-rules-1"
    card: ModelCard = CARD

    def score(self, payments: Sequence[PaymentFeatures]) -> list[float]:
        """Return how likely the customer of each payment is to leave, in [0, 1]."""
        return [discontent(payment) for payment in payments]


def discontent(payment: PaymentFeatures) -> float:
    """Return how likely the customer of this payment is to leave, in [0, 1]."""
    failed = has_failed(payment)
    further_attempts = max(payment.attempt_number - 1, 0) if failed else 0
    return combine(
        (
            ANY_CUSTOMER,
            UNKNOWN_CUSTOMER if payment.customer_id is None else 0.0,
            FAILED if failed else 0.0,
            min(EACH_FURTHER_ATTEMPT * further_attempts, ALL_FURTHER_ATTEMPTS),
            FAILURE_CODES.get(payment.failure_code or "", 0.0),
            next((weight for prefix, weight in EVENT_TYPES if payment.event_type.startswith(prefix)), 0.0),
        )
    )


def has_failed(payment: PaymentFeatures) -> bool:
    """Say whether the customer's money, or their money back, did not get through."""
    return payment.failure_code is not None or payment.status in FAILED_STATUSES or payment.event_type in FAILED_EVENTS
