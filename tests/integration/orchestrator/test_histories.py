"""One real workflow for each way that an event can go; tests/unit/orchestrator/histories holds what they recorded.

`RECORD_HISTORIES=v3 pytest tests/integration/orchestrator/test_histories.py` records them anew, in a folder of its own.
"""

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import WorkflowHistory

from services.contracts.events import UnifiedEvent
from services.contracts.settings import Postgres
from services.orchestrator.messages import Assessed, Payment, Score
from tests.integration.orchestrator.harness import NOBODY_LISTENS, an_event, harness
from tests.unit.orchestrator import recorded

Activities = Mapping[str, Callable[..., Awaitable[object]]]
pytestmark = pytest.mark.integration

FAILED = {"event_type": "payment_intent.payment_failed", "status": "requires_payment_method"}


@dataclass(frozen=True)
class Scenario:
    """One way that an event can go."""

    outcome: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    inference: bool = True
    activities: Callable[[], Activities] = dict


def failing_four_times() -> Activities:
    """Replace the store: after waits of 0.5, 1 and 2 s the next, of 4 s, is a timer on the server."""

    @activity.defn(name="store_event")
    async def store(_: Assessed) -> None:
        if activity.info().attempt <= 4:
            raise ConnectionError

    return {"store_event": store}


def suspecting_fraud() -> Activities:
    @activity.defn(name="score_fraud")
    async def score(_: Payment) -> Score:
        return Score(0.9, "high", "a model")

    return {"score_fraud": score}


SCENARIOS = {
    "stored": Scenario("stored"),
    "failed_payment": Scenario("stored", FAILED | {"failure_code": "insufficient_funds"}),
    "suspected_fraud": Scenario("stored", FAILED, activities=suspecting_fraud),
    "fallback": Scenario("stored", FAILED, inference=False),
    "rule_broken": Scenario("quarantined", {"amount_cents": -1}),
    "row_refused": Scenario("quarantined", {"failure_message": "a\x00b"}),
    "bronze_away": Scenario("stored", activities=failing_four_times),
}


@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_workflow_goes_as_it_was_recorded_last(
    name: str, scratch_database: Postgres, inference_url: str
) -> None:
    scenario = SCENARIOS[name]
    history = await ran(scenario, an_event(**scenario.changes), scratch_database, inference_url)
    if "RECORD_HISTORIES" in os.environ:
        recorded.save(history, os.environ["RECORD_HISTORIES"], name)

    newest = recorded.load(recorded.versions()[-1], name)
    assert recorded.steps(history) == recorded.steps(newest)


async def ran(scenario: Scenario, event: UnifiedEvent, postgres: Postgres, inference_url: str) -> WorkflowHistory:
    async with harness(postgres, inference_url if scenario.inference else NOBODY_LISTENS) as orchestrator:
        async with orchestrator.running(activities=scenario.activities()):
            await orchestrator.send(event)
            handle = await orchestrator.workflow(event)
            assert await handle.result() == scenario.outcome
        return await handle.fetch_history()
