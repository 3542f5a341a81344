"""Churn, before a model is trained: what one event tells about a customer who may leave.

Most subscriptions that end against the customer's will end with a payment that fails, so failures weigh most.
"""

from dataclasses import dataclass
from typing import Final

from services.inference.evidence import combine
from services.inference.messages import PaymentFeatures

ANY_CUSTOMER: Final = 0.05
FAILED: Final = 0.25
EACH_FURTHER_ATTEMPT: Final = 0.15
ALL_FURTHER_ATTEMPTS: Final = 0.60
UNKNOWN_CUSTOMER: Final = 0.10
"""A guest checkout: nobody who has shown that they mean to come back."""

FAILED_STATUSES: Final = frozenset({"failed", "requires_payment_method", "canceled"})
FAILURE_CODES: Final = {"expired_card": 0.35, "insufficient_funds": 0.25, "lost_card": 0.20, "stolen_card": 0.20}
EVENT_TYPES: Final = (("charge.dispute.", 0.50), ("charge.refund", 0.20), ("refund.", 0.20))


@dataclass(frozen=True)
class ChurnRules:
    """The baseline for churn."""

    name: str = "churn-baseline"
    version: str = "baseline-rules-1"

    def score(self, features: PaymentFeatures) -> float:
        """Return how likely the customer is to leave, in [0, 1]."""
        failed = features.failure_code is not None or features.status in FAILED_STATUSES
        further_attempts = max(features.attempt_number - 1, 0) if failed else 0
        return combine(
            (
                ANY_CUSTOMER,
                UNKNOWN_CUSTOMER if features.customer_id is None else 0.0,
                FAILED if failed else 0.0,
                min(EACH_FURTHER_ATTEMPT * further_attempts, ALL_FURTHER_ATTEMPTS),
                FAILURE_CODES.get(features.failure_code or "", 0.0),
                next((weight for prefix, weight in EVENT_TYPES if features.event_type.startswith(prefix)), 0.0),
            )
        )
