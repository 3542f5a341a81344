"""The workflow: check, score, store. It decides; all that touches the world is in activities.

After a crash Temporal runs this file again over the recorded history, in a sandbox. It must come to the same decisions:
no clock but `workflow.now()`, no I/O, no randomness.
"""

import asyncio
from typing import Any, Final

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():  # once per process, not once per workflow
    from services.orchestrator import fallback
    from services.orchestrator.activities import Activities
    from services.orchestrator.errors import ActivityFailedError
    from services.orchestrator.messages import Assessed, Outcome, Payment, Rejected, RetryPlan, Score, Violation
    from services.orchestrator.policies import POLICIES
    from services.orchestrator.rules import DO_NOT_RETRY, is_failed_payment, is_suspected_fraud

RETRY_AFTER_SCORING: Final = "retry-after-scoring"
"""The change since version 2 of this workflow; histories of version 1 know nothing of it."""


@workflow.defn
class ProcessPayment:
    """What happens to one payment event. It ends stored or quarantined; there is no third way out."""

    @workflow.run
    async def run(self, payment: Payment) -> Outcome:
        """Return where the event is now."""
        try:
            violations: list[Violation] = await _run(Activities.validate_business_rules, payment)
        except ActivityFailedError as error:
            return await _quarantine(payment, "the business rules could not be checked", [error.violation])
        if violations:
            return await _quarantine(payment, "business rules", violations)

        fraud, churn, retry = await _assess(payment)
        try:
            await _run(Activities.store_event, Assessed(payment, fraud, churn, retry, workflow.now()))
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


async def _assess(payment: Payment) -> tuple[Score, Score, RetryPlan | None]:
    """Return fraud, churn, and for a failed payment how to try it again."""
    scores = _score(Activities.score_fraud, payment), _score(Activities.predict_churn, payment)
    if not is_failed_payment(payment.event):
        return *(await asyncio.gather(*scores)), None
    if not workflow.patched(RETRY_AFTER_SCORING):  # began before the change: planned beside the scores, come what may
        return await asyncio.gather(*scores, _plan(payment))
    fraud, churn = await asyncio.gather(*scores)
    return fraud, churn, DO_NOT_RETRY if is_suspected_fraud(fraud) else await _plan(payment)


async def _score(method: Any, payment: Payment) -> Score:  # noqa: ANN401 - either of two activities
    try:
        score: Score = await _run(method, payment)
    except ActivityFailedError as error:
        workflow.logger.warning("fallback score instead of %s", error.violation.field)
        return fallback.SCORE
    return score


async def _plan(payment: Payment) -> RetryPlan:
    try:
        plan: RetryPlan = await _run(Activities.plan_retry, payment)
    except ActivityFailedError as error:
        workflow.logger.warning("fallback plan instead of %s", error.violation.field)
        return fallback.RETRY_PLAN
    return plan


async def _quarantine(payment: Payment, reason: str, violations: list[Violation]) -> Outcome:
    await _run(Activities.quarantine_event, Rejected(payment, reason, violations))
    return "quarantined"
