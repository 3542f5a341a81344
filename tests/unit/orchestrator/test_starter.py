"""A batch is done when Temporal, or the quarantine, has all of it."""

import asyncio
from collections.abc import Callable

import pytest
import stamina
from structlog.testing import capture_logs

from services.contracts import tracing
from services.contracts.events import UnifiedEvent, encode
from services.orchestrator.drain import Drain
from services.orchestrator.errors import BronzeAwayError, StartRefusedError
from services.orchestrator.messages import Payment
from services.orchestrator.starter import Starter
from tests.unit.orchestrator.fakes import TRACE_ID, TRACEPARENT, FakeBronze, FakeRecord

TRACED = [(tracing.HEADER, TRACEPARENT.encode())]


class FakeWorkflows:
    """Remembers what was started, and how many starts waited at the same time."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.waiting = self.most_waiting = 0

    async def start(self, payment: Payment) -> bool:
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        await asyncio.sleep(0)
        self.waiting -= 1
        event_id = payment.event.event_id
        if event_id == "refused":
            raise StartRefusedError("Temporal does not accept the workflow's id or input")
        if event_id == "broken":
            raise RuntimeError("a bug")
        self.started.append(event_id)
        return self.started.count(event_id) == 1


def starter(workflows: FakeWorkflows, bronze: FakeBronze) -> Starter:
    return Starter(workflows, bronze, max_concurrent=4)


async def test_each_event_starts_one_workflow_and_few_at_a_time(
    event: Callable[..., UnifiedEvent], bronze: FakeBronze
) -> None:
    workflows = FakeWorkflows()
    await starter(workflows, bronze)([FakeRecord(encode(event(event_id=f"e{number}"))) for number in range(50)])

    assert sorted(workflows.started) == sorted(f"e{number}" for number in range(50))
    assert workflows.most_waiting == 4


@pytest.mark.parametrize("value", [None, b"", b"no json", b"\xff", b'{"event_id": "stripe:evt_1"}', b"[" * 10_000])
async def test_a_record_that_is_no_unified_event_is_quarantined(bronze: FakeBronze, value: bytes | None) -> None:
    with capture_logs() as logs:
        await starter(FakeWorkflows(), bronze)([FakeRecord(value, TRACED)])
    assert [(line["event"], line["trace_id"]) for line in logs] == [("quarantined", TRACE_ID)]
    assert [row["quarantine_id"] for row in bronze.quarantined] == ["some.topic:2:41"]


async def test_an_event_that_temporal_refuses_is_quarantined(
    event: Callable[..., UnifiedEvent], bronze: FakeBronze
) -> None:
    await starter(FakeWorkflows(), bronze)([FakeRecord(encode(event(event_id="refused")))])
    assert [row["event_id"] for row in bronze.quarantined] == ["stripe:refused"]


async def test_a_start_that_fails_otherwise_fails_the_batch_so_that_nothing_is_committed(
    event: Callable[..., UnifiedEvent], bronze: FakeBronze
) -> None:
    with pytest.raises(ExceptionGroup, match="unhandled errors"):
        await starter(FakeWorkflows(), bronze)([FakeRecord(encode(event(event_id="broken")))])
    assert bronze.quarantined == []


async def test_the_log_tells_a_start_from_a_repetition_by_event_and_trace(
    event: Callable[..., UnifiedEvent], bronze: FakeBronze
) -> None:
    record = FakeRecord(encode(event()), TRACED)
    with capture_logs() as logs:
        await starter(FakeWorkflows(), bronze)([record, record])
    keys = {"event_id": "stripe:evt_1", "trace_id": TRACE_ID, "log_level": "info"}
    assert logs == [{"event": "workflow started"} | keys, {"event": "workflow already there"} | keys]


async def test_a_dead_letter_is_logged_with_its_event_and_trace(bronze: FakeBronze) -> None:
    with capture_logs() as logs:
        await Drain(bronze)([FakeRecord(b'{"id": "evt_9"}', TRACED)])
    [line] = logs
    assert (line["event"], line["event_id"], line["trace_id"]) == ("quarantined", "stripe:evt_9", TRACE_ID)


async def test_the_drain_waits_for_a_database_that_is_away(bronze: FakeBronze) -> None:
    bronze.errors += [BronzeAwayError("away"), BronzeAwayError("still away")]
    with stamina.set_testing(True, attempts=5):
        await Drain(bronze)([FakeRecord(b"{}"), FakeRecord(b"{}", offset=42)])
    assert [row["source_offset"] for row in bronze.quarantined] == [41, 42]
