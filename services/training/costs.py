"""What a mistake costs, in US dollars: a judgement, written down before the first training run (README)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]

DISPUTE_FEE: Final = 20.0
REVIEW: Final = 3.0
ALARM_SHARE: Final = 0.05
"""Of the amount: a good customer who is held up does not always come back."""
CONTACT: Final = 5.0
KEPT_SHARE: Final = 0.3
CUSTOMER_WORTH: Final = 60.0
RECOVERED_SHARE: Final = 0.2
"""Of the amount: what a payment that comes after all is worth."""
WAITING_PER_DAY: Final = 0.01
ATTEMPT: Final = 0.10


def fraud(acted: NDArray[np.bool_], labels: NDArray[np.bool_], amounts_usd: Column) -> Column:
    """Return the cost of each payment that was stopped (`acted`) or not. A fraud that is stopped costs the review."""
    missed = np.where(labels, amounts_usd + DISPUTE_FEE, 0.0)
    stopped = REVIEW + np.where(labels, 0.0, ALARM_SHARE * amounts_usd)
    return np.where(acted, stopped, missed)


def churn(acted: NDArray[np.bool_], labels: NDArray[np.bool_], amounts_usd: Column) -> Column:  # noqa: ARG001 - one signature
    """Return the cost of each customer who was contacted (`acted`) or not."""
    lost = np.where(labels, KEPT_SHARE * CUSTOMER_WORTH, 0.0)
    return np.where(acted, CONTACT, lost)


def retry_value(chance: Column, amounts_usd: Column, delay_s: Column) -> Column:
    """Return what a retry after this delay is expected to bring; shapes broadcast."""
    worth = RECOVERED_SHARE * amounts_usd * (1 - WAITING_PER_DAY * delay_s / 86_400)
    return chance * worth - ATTEMPT


COSTS: Final = {"fraud": fraud, "churn": churn}


def best_threshold(task: str, scores: Column, labels: NDArray[np.bool_], amounts_usd: Column) -> float:
    """Return the score from which on acting costs least; above 1 if never acting does."""
    never, always = (COSTS[task](np.full(len(scores), acted), labels, amounts_usd) for acted in (False, True))
    order = np.argsort(-scores, kind="stable")
    saved = np.cumsum((never - always)[order])
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    best = ends[np.argmax(saved[ends])]
    return float(scores[order][best]) if saved[best] > 0 else 1.1
