from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from services.contracts import tracing
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
    headers = {name: value.decode() for name, value in first.headers if name != tracing.HEADER}
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


async def test_one_log_line_per_record_follows_an_event_by_its_trace(lane: MakeLane) -> None:
    own = await lane()
    charges, trace = own.settings.sources[1], tracing.begin()
    records = [(charges, b"k", own.charge(1)), (charges, b"k", own.charge(2, amount=None)), (charges, b"k", b"{")]
    await own.produce(records, traceparent=trace.encode())
    process = await own.process()
    (good,) = await own.read(own.settings.sink, lambda found: len(found) == 1)
    dead = await own.read(own.settings.dlq, lambda found: len(found) == 2)
    await process.stop()
    assert {dict(record.headers)[tracing.HEADER] for record in (good, *dead)} == {trace.encode()}
    lines = [line for line in process.lines() if "event_id" in line]
    said = [(line["event"], line["event_id"], line["offset"]) for line in lines]
    assert said == [("normalized", "stripe:evt_1", 0), ("dead-lettered", "stripe:evt_2", 1), ("dead-lettered", None, 2)]
    assert {line["trace_id"] for line in lines} == {tracing.trace_id(trace)}
    assert {line["topic"] for line in lines} == {charges}


async def test_a_replayed_record_that_fails_again_keeps_its_identity(lane: MakeLane) -> None:
    own = await lane()
    charges = own.settings.sources[1]
    await own.produce([(charges, b"k", own.charge(1)), (charges, b"k", own.charge(2, amount=True))])
    async with own.worker():
        (first,) = await own.read(own.settings.dlq, lambda found: len(found) == 1)
        kept = {name: value for name, value in first.headers if not name.startswith(("error", "stage"))}
        await own.produce([(charges, first.key, first.value)], **kept)
        _, second = await own.read(own.settings.dlq, lambda found: len(found) == 2)
    assert dict(first.headers)[Header.ORIGINAL_OFFSET] == b"1"
    assert dict(second.headers) == dict(first.headers) | {Header.ATTEMPTS: b"2"}
    assert second.value == first.value


async def test_a_full_megabyte_of_metadata_and_many_batches_arrive_in_order(lane: MakeLane) -> None:
    own = await lane()
    charges = own.settings.sources[1]
    long = {"note": "x" * 300_000}
    await own.produce([(charges, b"k", own.charge(number, metadata=long)) for number in range(12)])
    async with own.worker():
        found = await own.read(own.settings.sink, lambda found: len(found) == 12)
    assert [decode(record.value).provider_event_id for record in found] == [f"evt_{number}" for number in range(12)]
