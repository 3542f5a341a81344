"""Workflows per second of the orchestrator, against the same workflows with activities that do nothing."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

import msgspec
import psycopg
from temporalio.client import Client

from services.contracts import tracing
from services.contracts.events import UnifiedEvent, encode
from services.contracts.settings import Postgres, Temporal
from services.normalizer.errors import NormalizationError
from services.normalizer.normalization import normalize
from services.simulator.simulation import simulate
from stack import ports
from tests.bench import log
from tests.bench.addresses import answers
from tests.bench.measured import BenchmarkError, running
from tests.bench.result import Result, Target, interleaved

WORKFLOWS = 150
REFERENCE = "tests.bench.programs.empty_orchestrator"


def throughput() -> Result:
    """The orchestrator with inference and PostgreSQL, from the first workflow's start to the last one's end."""
    url = f"http://127.0.0.1:{ports.free_port()}"
    peaks: list[int] = []
    with running("services.inference", INFERENCE_URL=url) as inference:
        inference.wait_until(lambda: answers(url), "it answered")

        def ours() -> float:
            events = list(islice(_events(), WORKFLOWS))
            rate = _workflows_per_s("services.orchestrator", events, url, peaks)
            _require_stored(events)
            return rate

        def reference() -> float:
            return _workflows_per_s(REFERENCE, list(islice(_events(), WORKFLOWS)), url, [])

        runs = interleaved(ours, reference)
        memory = {"orchestrator": max(peaks), "inference": inference.peak_rss_mib()}
    return Result(runs, "workflows/s", Target("at least", 0.7), memory)


def _events() -> Iterator[UnifiedEvent]:
    """Yield unified events that no run has seen, as the normalizer makes them."""
    now = datetime.now(UTC)
    for event in simulate(events=2 * WORKFLOWS, seed=7):
        try:
            yield normalize(msgspec.json.encode(event), platform_account_id="acct_platform", normalized_at=now)
        except NormalizationError:
            continue  # about no payment


def _workflows_per_s(module: str, events: Sequence[UnifiedEvent], inference_url: str, peaks: list[int]) -> float:
    topic, dead_letters = log.create("normalized"), log.create("dlq")
    log.fill(topic, ((b"", encode(event), [(tracing.HEADER, tracing.begin().encode())]) for event in events))
    own = {
        "ORCHESTRATOR_EVENTS_TOPIC": topic,
        "ORCHESTRATOR_EVENTS_GROUP": topic,
        "ORCHESTRATOR_DEAD_LETTERS_TOPIC": dead_letters,
        "ORCHESTRATOR_DEAD_LETTERS_GROUP": dead_letters,
        "TEMPORAL_TASK_QUEUE": topic,
        "INFERENCE_URL": inference_url,
    }
    with running(module, **own) as process:
        process.wait_until(lambda: asyncio.run(_completed(topic)) == len(events), "every workflow was completed")
        peaks.append(process.peak_rss_mib())
    return asyncio.run(_rate(topic))


async def _completed(task_queue: str) -> int:
    client = await Client.connect(Temporal().address)
    return (await client.count_workflows(f"TaskQueue = '{task_queue}' AND ExecutionStatus = 'Completed'")).count


async def _rate(task_queue: str) -> float:
    """Return workflows per second by the server's own clock."""
    client = await Client.connect(Temporal().address)
    found = [each async for each in client.list_workflows(f"TaskQueue = '{task_queue}'")]
    last = max(each.close_time for each in found if each.close_time)
    return len(found) / (last - min(each.start_time for each in found)).total_seconds()


def _require_stored(events: Sequence[UnifiedEvent]) -> None:
    ids = [event.event_id for event in events]
    with psycopg.connect(Postgres().dsn) as connection:
        query = "SELECT count(*) FROM payment_events WHERE event_id = ANY(%s)"
        (stored,) = connection.execute(query, [ids]).fetchone() or (0,)
    if stored != len(ids):
        raise BenchmarkError(f"Of {len(ids)} events only {stored} are in bronze.")
