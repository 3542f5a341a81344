"""Killed, stopped, rebalanced, or without its dead-letter topic: nothing is lost, and what is doubled keeps its id."""

import asyncio
import os
import runpy
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiokafka
import pytest

from services.contracts.events import decode

pytestmark = pytest.mark.integration
MakeLane = Callable[..., Awaitable[Any]]


async def test_dlq_itself_down_commits_nothing_and_goes_on_when_it_is_there(lane: MakeLane) -> None:
    own = await lane(dlq=False)
    charges = own.settings.sources[1]
    await own.produce([(charges, b"k", own.charge(1)), (charges, b"k", b"poison"), (charges, b"k", own.charge(2))])
    process = await own.process()
    waiting = await process.until_it_says("starting over from the committed offsets")
    assert own.settings.dlq in str(waiting["error"])
    assert (await own.lag(), await own.count(own.settings.sink)) == (3, 0)
    await own.create(own.settings.dlq)
    await own.read(own.settings.sink, lambda found: len(found) == 2)
    (dead,) = await own.read(own.settings.dlq, lambda found: len(found) == 1)
    await process.stop()
    assert dead.value == b"poison"
    assert (await own.lag(), await own.count(own.settings.sink), await own.count(own.settings.dlq)) == (0, 2, 1)


async def test_dlq_itself_refusing_commits_nothing_and_repeats_no_good_event(lane: MakeLane) -> None:
    own = await lane(dlq=False)
    await own.create(own.settings.dlq, max_message_bytes="100")
    charges = own.settings.sources[1]
    await own.produce([(charges, b"k", own.charge(1)), (charges, b"k", b"poison"), (charges, b"k", own.charge(2))])
    process = await own.process()
    await process.until_it_says("starting over from the committed offsets")
    assert (await own.lag(), await own.count(own.settings.sink), await own.count(own.settings.dlq)) == (3, 0, 0)
    await own.configure(own.settings.dlq, max_message_bytes="2097152")
    await own.read(own.settings.dlq, lambda found: len(found) == 1)
    await own.read(own.settings.sink, lambda found: len(found) == 2)
    await process.stop()
    assert (await own.lag(), await own.count(own.settings.sink), await own.count(own.settings.dlq)) == (0, 2, 1)


def killed_at_its_first_commit() -> None:
    """Run the normalizer in a process that dies as `kill -9` would have it, instead of committing."""

    async def dies(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    aiokafka.AIOKafkaConsumer.commit = dies
    runpy.run_module("services.normalizer", run_name="__main__")


@pytest.mark.fault
async def test_killed_between_produce_and_commit_repeats_the_batch_under_the_same_ids(lane: MakeLane) -> None:
    own = await lane()
    ids = await own.produce_charges(range(20))
    first = await own.process(str(Path(__file__)))
    assert await asyncio.wait_for(first.process.wait(), 60) == -signal.SIGKILL, first.log.read_text()
    produced = await own.count(own.settings.sink)
    assert 0 < produced <= 20
    assert await own.lag() == 20

    second = await own.process()
    found = await own.read(own.settings.sink, lambda found: len(found) == 20 + produced)
    await second.stop()
    assert {decode(record.value).event_id for record in found} == ids
    assert await own.lag() == 0


@pytest.mark.fault
async def test_killed_in_the_middle_and_started_again_loses_nothing(lane: MakeLane) -> None:
    own = await lane(batch_max_records=5)
    ids = await own.produce_charges(range(2500))
    first = await own.process()
    await own.read(own.settings.sink, lambda found: len(found) >= 100)
    await first.kill()
    assert await own.lag() > 0

    second = await own.process()
    found = await own.until_all_are_there(ids)
    await second.stop()
    assert len(found) <= 2500 + own.settings.batch_max_records
    assert await own.lag() == 0


async def test_sigterm_finishes_the_batch_and_repeats_nothing(lane: MakeLane) -> None:
    own = await lane(batch_max_records=20)
    ids = await own.produce_charges(range(3000))
    first = await own.process()
    await own.read(own.settings.sink, lambda found: len(found) >= 200)
    await first.stop()
    produced, left = await own.count(own.settings.sink), await own.lag()
    assert left > 0
    assert produced + left == 3000

    async with own.worker():
        assert len(await own.until_all_are_there(ids)) == 3000


async def test_rebalance_in_mid_batch_by_a_member_that_joins_and_leaves_loses_nothing(lane: MakeLane) -> None:
    own = await lane(batch_max_records=10)
    ids = await own.produce_charges(range(2000))
    first = await own.process()
    await own.read(own.settings.sink, lambda found: len(found) >= 100)
    second = await own.process()
    await second.until_it_says("partitions assigned")
    ids |= await own.produce_charges(range(2000, 2500))
    await second.stop()
    found = await own.until_all_are_there(ids)
    await first.stop()
    assert await own.lag() == 0
    # Who leaves or makes room finishes its batch first, so a rebalance doubles next to nothing.
    assert len(found) <= 2500 + 10 * own.settings.batch_max_records
    assert any(line["event"] == "partitions revoked" for line in first.lines())


@pytest.mark.slow
@pytest.mark.fault
async def test_rebalance_in_mid_batch_by_a_member_that_is_killed_loses_nothing(lane: MakeLane) -> None:
    own = await lane(batch_max_records=10)
    first, second = await own.process(), await own.process()
    for process in (first, second):
        await process.until_it_says("partitions assigned")
    ids = await own.produce_charges(range(3000))
    await own.read(own.settings.sink, lambda found: len(found) >= 100)
    await second.kill()
    ids |= await own.produce_charges(range(3000, 3300))
    found = await own.until_all_are_there(ids)  # the group gives up on the dead member after ten seconds
    await first.stop()
    assert await own.lag() == 0
    assert len(found) <= 3300 + 10 * own.settings.batch_max_records


async def test_without_kafka_it_keeps_trying_and_still_stops_when_told(lane: MakeLane) -> None:
    own = await lane()
    process = await own.process(KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    await process.until_it_says("starting over from the committed offsets")
    await process.stop()


if __name__ == "__main__":
    killed_at_its_first_commit()
