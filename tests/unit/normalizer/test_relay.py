import asyncio
from dataclasses import dataclass, field

import pytest
from aiokafka.errors import CommitFailedError, KafkaError
from aiokafka.structs import TopicPartition

from services.normalizer.records import Outgoing
from services.normalizer.relay import Relay
from services.normalizer.worker import FinishBatchFirst

P0, P1 = TopicPartition("source", 0), TopicPartition("source", 1)


@dataclass
class Record:
    offset: int
    topic: str = "source"
    partition: int = 0
    key: bytes = b"k"
    value: bytes = b"v"


@dataclass
class FakeSource:
    batches: list[dict[TopicPartition, list[Record]]]
    ours: set[TopicPartition] = field(default_factory=lambda: {P0, P1})
    committed: list[dict[TopicPartition, int]] = field(default_factory=list)
    commit_error: KafkaError | None = None

    async def getmany(self, **_: int) -> dict[TopicPartition, list[Record]]:
        return self.batches.pop(0) if self.batches else {}

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        if self.commit_error:
            raise self.commit_error
        self.committed.append(offsets)

    def assignment(self) -> set[TopicPartition]:
        return self.ours


@dataclass
class FakeSink:
    """Kafka acknowledges when the test says so."""

    sent: list[tuple[str, bytes]] = field(default_factory=list)
    acknowledgements: list[asyncio.Future[None]] = field(default_factory=list)
    at_once: bool = True

    async def send(self, topic: str, value: bytes, _key: bytes, **_: object) -> asyncio.Future[None]:
        future = asyncio.get_running_loop().create_future()
        if self.at_once:
            future.set_result(None)
        self.sent.append((topic, value))
        self.acknowledgements.append(future)
        return future


def relay(source: FakeSource, sink: FakeSink, in_flight: asyncio.Lock | None = None) -> Relay:
    def route(record: Record) -> Outgoing:
        return Outgoing("sink", record.key, b"%d" % record.offset, [])

    return Relay(source, sink, route, 10, in_flight or asyncio.Lock())


async def until_all_are_sent() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_batch_is_produced_in_order_and_then_committed_per_partition() -> None:
    source, sink = FakeSource([{P0: [Record(4), Record(5)], P1: [Record(9)]}]), FakeSink()
    await relay(source, sink).step()
    assert sink.sent == [("sink", b"4"), ("sink", b"5"), ("sink", b"9")]
    assert source.committed == [{P0: 6, P1: 10}]


async def test_nothing_is_committed_before_everything_is_acknowledged() -> None:
    source, sink = FakeSource([{P0: [Record(4), Record(5)]}]), FakeSink(at_once=False)
    step = asyncio.create_task(relay(source, sink).step())
    await until_all_are_sent()
    sink.acknowledgements[1].set_result(None)
    await asyncio.sleep(0)
    assert source.committed == []
    sink.acknowledgements[0].set_result(None)
    await step
    assert source.committed == [{P0: 6}]


async def test_a_record_that_cannot_be_produced_stops_the_relay_and_nothing_is_committed() -> None:
    source, sink = FakeSource([{P0: [Record(4), Record(5)]}]), FakeSink(at_once=False)
    step = asyncio.create_task(relay(source, sink).step())
    await until_all_are_sent()
    sink.acknowledgements[0].set_result(None)
    sink.acknowledgements[1].set_exception(KafkaError())
    with pytest.raises(KafkaError):
        await step
    assert source.committed == []


async def test_no_records_mean_no_commit() -> None:
    source = FakeSource([{}])
    await relay(source, FakeSink()).step()
    assert source.committed == []


async def test_records_of_a_partition_that_was_lost_before_the_batch_are_left_to_its_new_owner() -> None:
    source, sink = FakeSource([{P0: [Record(4)], P1: [Record(9)]}], ours={P1}), FakeSink()
    await relay(source, sink).step()
    assert sink.sent == [("sink", b"9")]
    assert source.committed == [{P1: 10}]


async def test_a_partition_that_was_lost_during_the_batch_is_not_committed() -> None:
    source, sink = FakeSource([{P0: [Record(4)], P1: [Record(9)]}]), FakeSink(at_once=False)
    step = asyncio.create_task(relay(source, sink).step())
    await until_all_are_sent()
    source.ours = {P0}
    for acknowledgement in sink.acknowledgements:
        acknowledgement.set_result(None)
    await step
    assert source.committed == [{P0: 5}]


async def test_a_commit_that_the_group_refuses_does_not_stop_the_relay() -> None:
    source = FakeSource([{P0: [Record(4)]}], commit_error=CommitFailedError())
    await relay(source, FakeSink()).step()


async def test_a_rebalance_waits_for_the_batch_in_flight() -> None:
    source, sink = FakeSource([{P0: [Record(4)]}]), FakeSink(at_once=False)
    in_flight = asyncio.Lock()
    step = asyncio.create_task(relay(source, sink, in_flight).step())
    await until_all_are_sent()
    revoked = asyncio.create_task(FinishBatchFirst(in_flight).on_partitions_revoked({P0}))
    await asyncio.sleep(0)
    assert not revoked.done()
    sink.acknowledgements[0].set_result(None)
    await revoked
    assert source.committed == [{P0: 5}]
    await step
