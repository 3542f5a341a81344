"""Real events through the real gateway: trace finds each of them, and reconcile misses none."""

import asyncio
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from services.simulator.client import send
from services.simulator.simulation import simulate
from stack.journey import bootstrap
from stack.journey.sightings import Journey, Stage, StageReport, Status

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("live_pipeline")]

PATIENCE_S = 60


def report(journey: Journey, stage: str) -> StageReport:
    (found,) = [item for item in journey.stages if item.stage == stage]
    return found


async def trace_until(event_id: str, arrived: Callable[[Journey], bool]) -> Journey:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        journey = await asyncio.to_thread(bootstrap.trace, event_id)
        if arrived(journey) or time.monotonic() > deadline:
            return journey
        await asyncio.sleep(0.5)


async def test_a_payment_event_is_seen_at_every_live_stage_in_the_order_of_time() -> None:
    (event,) = simulate(events=1, seed=11, run_id=uuid.uuid4().hex[:12])
    assert (await send([event])).ok
    journey = await trace_until(event["id"], lambda seen: report(seen, Stage.BRONZE).status is Status.FOUND)
    live = (Stage.WEBHOOKS, Stage.NORMALIZED, Stage.WORKFLOW, Stage.BRONZE)
    first = [report(journey, stage).sightings[0].at for stage in live]
    assert first == sorted(time for time in first if time)
    assert len(report(journey, Stage.LEDGER).sightings) == 1
    for stage in (Stage.ASIDE, Stage.VALIDATION_DLQ, Stage.QUARANTINE):
        assert report(journey, stage).status is Status.ABSENT
    (stored,) = report(journey, Stage.BRONZE).sightings
    assert stored.details["source"] == "gateway"
    (webhook,) = report(journey, Stage.WEBHOOKS).sightings
    assert webhook.where == "{topic}/{partition}@{offset}".format(**webhook.details)


async def test_an_event_that_nobody_routes_is_accepted_kept_aside_and_goes_no_further() -> None:
    event: dict[str, Any] = {
        "id": f"evt_{uuid.uuid4().hex}",
        "object": "event",
        "type": "customer.created",
        "created": int(time.time()),
        "data": {"object": {"id": "cus_1", "object": "customer"}},
    }
    assert (await send([event])).ok
    journey = await asyncio.to_thread(bootstrap.trace, event["id"])
    found = {item.stage for item in journey.stages if item.status is Status.FOUND}
    assert found == {Stage.LEDGER, Stage.ASIDE}
    (sighting,) = report(journey, Stage.ASIDE).sightings
    assert sighting.where.startswith("webhooks.stripe.unrouted/0@")


async def test_an_event_that_was_never_sent_is_nowhere_and_every_server_answered() -> None:
    journey = await asyncio.to_thread(bootstrap.trace, f"evt_{uuid.uuid4().hex}")
    assert {item.status for item in journey.stages} == {Status.ABSENT}
    assert len(journey.stages) == 11


async def test_what_was_accepted_is_kept_once_the_pipeline_has_settled() -> None:
    events = list(simulate(events=20, seed=12, run_id=uuid.uuid4().hex[:12]))
    assert (await send(events)).ok
    result = await asyncio.to_thread(bootstrap.reconcile, PATIENCE_S)
    assert result.census.unavailable == {}
    assert result.comparisons[0].left == "accepted"
    assert result.comparisons[0].equal
    assert result.census.accepted is not None
    assert {f"stripe:{event['id']}" for event in events} <= result.census.accepted.distinct
