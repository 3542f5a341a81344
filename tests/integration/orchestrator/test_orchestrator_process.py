"""The orchestrator as the process that supervisor runs."""

import asyncio
import json
import os
import signal
import sys

import pytest

from tests.integration.orchestrator.harness import TIMEOUT_S, Harness, an_event
from tests.unit.orchestrator.fakes import TRACE_ID, TRACEPARENT

pytestmark = pytest.mark.integration


async def test_the_process_stores_an_event_and_ends_cleanly_on_sigterm(orchestrator: Harness) -> None:
    settings = orchestrator.settings
    environment = {
        "POSTGRES_DB": settings.postgres.db,
        "INFERENCE_URL": settings.inference.url,
        "TEMPORAL_TASK_QUEUE": settings.temporal.task_queue,
        "ORCHESTRATOR_EVENTS_TOPIC": settings.events_topic,
        "ORCHESTRATOR_EVENTS_GROUP": settings.events_group,
        "ORCHESTRATOR_DEAD_LETTERS_TOPIC": settings.dead_letters_topic,
        "ORCHESTRATOR_DEAD_LETTERS_GROUP": settings.dead_letters_group,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.orchestrator", env=os.environ | environment, stdout=asyncio.subprocess.PIPE
    )
    event = an_event(failure_message="not-for-the-log")
    await orchestrator.send(event, traceparent=TRACEPARENT)
    [row] = await orchestrator.rows("payment_events", at_least=1)
    process.send_signal(signal.SIGTERM)
    output, _ = await asyncio.wait_for(process.communicate(), TIMEOUT_S)

    assert row["event_id"] == event.event_id
    assert process.returncode == 0
    assert b"not-for-the-log" not in output
    lines = [json.loads(line) for line in output.splitlines() if line.startswith(b"{")]
    traced = [(line["event"], line["event_id"]) for line in lines if line.get("trace_id") == TRACE_ID]
    assert traced == [("workflow started", event.event_id), ("stored", event.event_id)]
