"""The workflow: check, score, store. It decides; all that touches the world is in activities.

After a crash Temporal runs this file again over the recorded history, in a sandbox. It must come to the same decisions:
no clock but `workflow.now()`, no I/O, no randomness.
"""

import asyncio
from typing import Any

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():  # once per process, not once per workflow
    from services.contracts.events import UnifiedEvent
    from services.orchestrator import fallback
    from services.orchestrator.activities import Activities
    from services.orchestrator.errors import ActivityFailedError
    from services.orchestrator.messages import Assessed, Outcome, Payment, Rejected, RetryPlan, Score, Violation
    from services.orchestrator.policies import POLICIES
    from services.orchestrator.rules import is_failed_payment


@workflow.defn
class ProcessPayment:
    """What happens to one payment event. It ends stored or quarantined; there is no third way out."""

    @workflow.run
    async def run(self, payment: Payment) -> Outcome:
        """Return where the event is now."""
        event = payment.event
        try:
            violations: list[Violation] = await _run(Activities.validate_business_rules, event)
        except ActivityFailedError as error:
            return await _quarantine(payment, "the business rules could not be checked", [error.violation])
        if violations:
            return await _quarantine(payment, "business rules", violations)

        fraud, churn, retry = await asyncio.gather(
            _score(Activities.score_fraud, event), _score(Activities.predict_churn, event), _plan(event)
        )
        try:
            await _run(Activities.store_event, Assessed(event, fraud, churn, retry, workflow.now()))
        except ActivityFailedError as error:
            return await _quarantine(payment, "bronze refused the row", [error.violation])
        return "stored"


async def _run(method: Any, argument: object) -> Any:  # noqa: ANN401 - any of the activities
    """Run an activity under its policy.

    Raises:
        ActivityFailedError: it failed for good. Where nobody catches it, the workflow does not fail: Temporal repeats
            its task until it is mended, so that even then no event is lost.
    """
    name = method.__name__
    try:
        return await workflow.execute_local_activity_method(method, argument, **POLICIES[name].options())
    except FailureError as error:  # a local activity's own; only a remote one's is wrapped in ActivityError
        if is_cancelled_exception(error):
            raise
        raise ActivityFailedError(Violation(name, error.message)) from error


async def _score(method: Any, event: UnifiedEvent) -> Score:  # noqa: ANN401 - either of two activities
    try:
        score: Score = await _run(method, event)
    except ActivityFailedError as error:
        workflow.logger.warning("fallback score instead of %s", error.violation.field)
        return fallback.SCORE
    return score


async def _plan(event: UnifiedEvent) -> RetryPlan | None:
    if not is_failed_payment(event):
        return None
    try:
        plan: RetryPlan = await _run(Activities.plan_retry, event)
    except ActivityFailedError as error:
        workflow.logger.warning("fallback plan instead of %s", error.violation.field)
        return fallback.RETRY_PLAN
    return plan


async def _quarantine(payment: Payment, reason: str, violations: list[Violation]) -> Outcome:
    await _run(Activities.quarantine_event, Rejected(payment, reason, violations))
    return "quarantined"
