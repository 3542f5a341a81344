"""One event, followed by its trace id through gateway, normalizer, workflow and bronze, from the logs alone."""

import time
import uuid
from typing import Any

import pytest

from services.contracts.events import event_id
from services.simulator.client import send
from services.simulator.simulation import simulate
from stack.log_search import search
from stack.manifest import services

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("live_pipeline")]

PATIENCE_S = 60


def lines_until(needle: str, stages: int) -> list[dict[str, Any]]:
    deadline = time.monotonic() + PATIENCE_S
    while len(lines := sorted(search(needle, services()), key=lambda line: line["timestamp"])) < stages:
        assert time.monotonic() < deadline, lines
        time.sleep(0.2)
    return lines


async def test_one_trace_id_leads_through_every_service_in_the_order_of_time() -> None:
    business = simulate(events=20, seed=13, run_id=uuid.uuid4().hex[:12])
    event = next(event for event in business if event["type"] == "payment_intent.created")
    assert (await send([event])).ok
    (accepted, *_) = lines_until(event_id(event["id"]), 1)
    lines = lines_until(accepted["trace_id"], 4)
    assert [(line["service"], line["event"]) for line in lines] == [
        ("gateway", "accepted"),
        ("normalizer", "normalized"),
        ("orchestrator", "workflow started"),
        ("orchestrator", "stored"),
    ]
    assert {line["event_id"] for line in lines} == {event_id(event["id"])}
