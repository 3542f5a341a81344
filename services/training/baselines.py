"""What the models have to beat: the share of positives, and the rules that answer before any is trained."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.inference.churn_rules import discontent
from services.inference.fraud_rules import suspicion
from services.inference.messages import PaymentFeatures
from services.inference.retry_rules import remedy
from services.training.examples import Part

_SEEN = [
    "event_kind",
    "customer_id",
    "merchant_id",
    "amount_usd_cents",
    "currency",
    "card_country",
    "failure_code",
    "attempt_number",
]
RULES = {"fraud": suspicion, "churn": discontent}


def rules(task: str, part: Part) -> NDArray[np.float64]:
    """Return the rules' score of each charge, as they would have been asked: shape (examples,)."""
    return np.array([RULES[task](payment) for payment in _payments(part)], dtype=np.float64)


def rules_delays(part: Part) -> NDArray[np.float64]:
    """Return the delay in seconds that the rules choose, NaN for none: shape (examples,)."""
    return np.array([remedy(payment)[1] for payment in _payments(part)], dtype=np.float64)


def prior(train: Part, part: Part) -> NDArray[np.float64]:
    """Return the training set's share of positives, for each example: shape (examples,)."""
    return np.full(len(part.frame), train.labels.mean())


def _payments(part: Part) -> Sequence[PaymentFeatures]:
    rows = part.frame[_SEEN].astype(object).where(part.frame[_SEEN].notna(), None)
    return [
        PaymentFeatures(
            event_type="charge.succeeded" if row.event_kind == "payment" else "charge.failed",
            status="succeeded" if row.event_kind == "payment" else "failed",
            customer_id=row.customer_id,
            merchant_id=row.merchant_id,
            amount_cents=row.amount_usd_cents,
            currency=row.currency,
            card_country=row.card_country,
            failure_code=row.failure_code,
            attempt_number=row.attempt_number,
        )
        for row in rows.itertuples(index=False)
    ]
