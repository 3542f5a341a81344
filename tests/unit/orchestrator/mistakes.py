"""Changes of the workflow as they must not be made."""

import asyncio
from datetime import UTC, datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.orchestrator.activities import Activities
    from services.orchestrator.messages import Outcome, Payment
    from services.orchestrator.policies import POLICIES


@workflow.defn(name="ProcessPayment")
class Unversioned:
    """Stores before it scores, and nothing tells new workflows from those that did the opposite."""

    @workflow.run
    async def run(self, payment: Payment) -> Outcome:
        for name in ("validate_business_rules", "store_event", "score_fraud"):
            await workflow.execute_local_activity(name, payment, **POLICIES[name].options())
        return "stored"


@workflow.defn(name="ProcessPayment")
class ByTheClock:
    """Asks the machine for the time, and not Temporal."""

    @workflow.run
    async def run(self, payment: Payment) -> Outcome:
        rules = Activities.validate_business_rules
        while datetime.now(UTC) > payment.event.normalized_at:
            await workflow.execute_local_activity(rules.__name__, payment, **POLICIES[rules.__name__].options())
            await asyncio.sleep(1)
        return "stored"
