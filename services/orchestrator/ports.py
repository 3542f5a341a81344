"""What the activities need from the outside world."""

from typing import Protocol

from services.orchestrator.messages import Payment, RetryPlan, Score
from services.orchestrator.rows import Row


class Inference(Protocol):
    """Answers about one payment event. Raises `RequestRefusedError` where asking again would be no use."""

    async def score_fraud(self, payment: Payment) -> Score:
        """Return how likely fraud is."""

    async def predict_churn(self, payment: Payment) -> Score:
        """Return how likely the customer is to leave."""

    async def plan_retry(self, payment: Payment) -> RetryPlan:
        """Return how to try the failed payment again."""


class Bronze(Protocol):
    """The two bronze tables. A row that is there already changes nothing.

    Raises `RowRefusedError` where trying again would be no use, `BronzeAwayError` where it would.
    """

    async def store(self, row: Row) -> None:
        """Insert into payment_events."""

    async def quarantine(self, row: Row) -> None:
        """Insert into payment_events_quarantine."""
