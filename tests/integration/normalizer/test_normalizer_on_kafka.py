import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from services.contracts.events import UnifiedEvent, decode
from services.contracts.topics import Header

pytestmark = pytest.mark.integration
MakeLane = Callable[..., Awaitable[Any]]


async def test_good_events_of_all_topics_reach_the_sink_in_order_per_payment(lane: MakeLane) -> None:
    own = await lane()
    _, charges, refunds = own.settings.sources
    records = [(charges, f"pi_{number % 7}".encode(), own.charge(number)) for number in range(200)]
    refund = own.charge(900, object="refund", id="re_1", charge="ch_1")
    await own.produce([*records, (refunds, b"pi_r", refund)])
    async with own.worker():
        found = await own.read(own.settings.sink, lambda found: len(found) == 201)
    ids = {record.key: [] for record in found}
    for record in found:
        ids[record.key].append(decode(record.value).provider_event_id)
    assert ids.pop(b"pi_r") == ["evt_900"]
    assert ids == {f"pi_{key}".encode(): [f"evt_{number}" for number in range(key, 200, 7)] for key in range(7)}
    assert await own.lag() == 0


async def test_a_bad_record_is_dead_lettered_with_its_origin_and_the_next_ones_pass(lane: MakeLane) -> None:
    own = await lane()
    charges = own.settings.sources[1]
    bad = own.charge(1, amount=15.9)
    await own.produce([(charges, b"k", bad), (charges, b"k", own.charge(2)), (charges, b"k", b"\xff")])
    async with own.worker():
        (good,) = await own.read(own.settings.sink, lambda found: len(found) == 1)
        first, second = await own.read(own.settings.dlq, lambda found: len(found) == 2)
    assert decode(good.value).provider_event_id == "evt_2"
    assert (first.key, first.value, second.value) == (b"k", bad, b"\xff")
    headers = {name: value.decode() for name, value in first.headers}
    datetime.fromisoformat(headers.pop(Header.FIRST_SEEN))
    partition = int(headers.pop(Header.ORIGINAL_PARTITION))
    assert 0 <= partition < 3
    assert headers == {
        Header.ORIGINAL_TOPIC: charges,
        Header.ORIGINAL_OFFSET: "0",
        Header.ORIGINAL_KEY: "k",
        Header.ERROR_CLASS: "NormalizationError",
        Header.ERROR_MESSAGE: "data.object.amount: Expected `int`, got `float`",
        Header.STAGE: "normalize",
        Header.ATTEMPTS: "1",
    }
    assert dict(second.headers)[Header.ORIGINAL_OFFSET] == b"2"
    assert await own.lag() == 0


async def test_a_webhook_of_the_largest_size_is_dead_lettered_too(lane: MakeLane) -> None:
    own = await lane()
    bad = own.charge(1, amount=None, description="x" * (1024 * 1024 - 2000))
    await own.produce([(own.settings.sources[1], b"k", bad)])
    async with own.worker():
        (found,) = await own.read(own.settings.dlq, lambda found: len(found) == 1)
    assert found.value == bad


async def test_a_learners_normalize_runs_in_the_real_worker(lane: MakeLane) -> None:
    own = await lane()
    await own.produce([(own.settings.sources[0], b"k", own.charge(1))])

    def unfinished(raw: bytes, **_: object) -> UnifiedEvent:
        raise NotImplementedError(raw)

    async with own.worker(unfinished):
        (found,) = await own.read(own.settings.dlq, lambda found: len(found) == 1)
    assert dict(found.headers)[Header.ERROR_CLASS] == b"NotImplementedError"


async def test_a_second_member_that_joins_and_leaves_in_the_middle_loses_nothing(lane: MakeLane) -> None:
    own = await lane(batch_max_records=10)
    await own.produce([(own.settings.sources[n % 3], b"k%d" % n, own.charge(n)) for n in range(3000)])
    async with own.worker():
        await own.read(own.settings.sink, lambda found: len(found) >= 100)
        async with own.worker():
            await own.produce([(own.settings.sources[n % 3], b"k%d" % n, own.charge(n)) for n in range(3000, 4000)])
            await asyncio.sleep(1)
        expected = {f"stripe:evt_{number}" for number in range(4000)}
        await own.read(own.settings.sink, lambda found: {decode(r.value).event_id for r in found} == expected)
    assert await own.lag() == 0


@pytest.mark.slow
async def test_a_normalizer_killed_in_the_middle_and_started_again_loses_nothing(lane: MakeLane) -> None:
    own = await lane(batch_max_records=5)
    total = 5000
    await own.produce([(own.settings.sources[n % 3], b"k%d" % n, own.charge(n)) for n in range(total)])
    first = await own.process()
    before = await own.read(own.settings.sink, lambda found: len(found) >= 200)
    first.kill()
    assert await first.wait() == -signal.SIGKILL
    assert len(before) < total
    assert await own.lag() > 0

    second = await own.process()
    expected = {f"stripe:evt_{number}" for number in range(total)}
    after = await own.read(own.settings.sink, lambda found: {decode(r.value).event_id for r in found} == expected)
    second.terminate()
    assert await asyncio.wait_for(second.wait(), 15) == 0
    assert len(after) <= total + own.settings.batch_max_records
    assert await own.lag() == 0


async def test_without_kafka_it_keeps_trying_and_still_stops_when_told(lane: MakeLane) -> None:
    own = await lane()
    process = await own.process(KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    await asyncio.sleep(4)
    assert process.returncode is None
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 15) == 0
