"""The activities: each fetches one answer or writes one row. What they need comes in through two ports."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError

from services.orchestrator.errors import OrchestratorError, RequestRefusedError, RowRefusedError
from services.orchestrator.messages import Assessed, Payment, Rejected, RetryPlan, Score, Violation
from services.orchestrator.policies import POLICIES
from services.orchestrator.ports import Bronze, Inference
from services.orchestrator.rows import event_row, rejected_row
from services.orchestrator.rules import violations

log = structlog.get_logger(__name__)


def final(error: OrchestratorError) -> ApplicationError:
    """Return the error as Temporal's kind that is not retried; the workflow recognises it by its type."""
    return ApplicationError(str(error), type=type(error).__name__, non_retryable=True)


@dataclass(frozen=True)
class Activities:
    """All six; `now` returns the current time, aware."""

    inference: Inference
    bronze: Bronze
    now: Callable[[], datetime]

    def by_name(self) -> dict[str, Callable[..., Any]]:
        """Return each activity under its name: the shape that a lab replaces one of them in."""
        return {name: getattr(self, name) for name in POLICIES}

    @activity.defn
    async def validate_business_rules(self, payment: Payment) -> list[Violation]:
        """Return the rules that the event breaks."""
        return violations(payment.event, self.now())

    @activity.defn
    async def score_fraud(self, payment: Payment) -> Score:
        """Ask inference how likely fraud is."""
        try:
            return await self.inference.score_fraud(payment)
        except RequestRefusedError as error:
            raise final(error) from error

    @activity.defn
    async def predict_churn(self, payment: Payment) -> Score:
        """Ask inference how likely the customer is to leave."""
        try:
            return await self.inference.predict_churn(payment)
        except RequestRefusedError as error:
            raise final(error) from error

    @activity.defn
    async def plan_retry(self, payment: Payment) -> RetryPlan:
        """Ask inference how to try a failed payment again."""
        try:
            return await self.inference.plan_retry(payment)
        except RequestRefusedError as error:
            raise final(error) from error

    @activity.defn
    async def store_event(self, assessed: Assessed) -> None:
        """Write the row of payment_events; once, however often this runs."""
        try:
            await self.bronze.store(event_row(assessed))
        except RowRefusedError as error:
            raise final(error) from error
        log.info("stored", **assessed.payment.log_keys())

    @activity.defn
    async def quarantine_event(self, rejected: Rejected) -> None:
        """Write the row of payment_events_quarantine; once, however often this runs."""
        try:
            await self.bronze.quarantine(rejected_row(rejected))
        except RowRefusedError as error:
            raise final(error) from error
        log.info("quarantined", reason=rejected.reason, **rejected.payment.log_keys())
