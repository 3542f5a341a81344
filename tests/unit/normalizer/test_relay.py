import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from aiokafka.errors import CommitFailedError, KafkaError
from aiokafka.structs import TopicPartition
from structlog.testing import capture_logs

from services.normalizer.records import Outgoing, Refusal
from services.normalizer.relay import Relay
from services.normalizer.worker import FinishBatchFirst

P0, P1 = TopicPartition("source", 0), TopicPartition("source", 1)


@dataclass
class Record:
    offset: int
    good: bool = True
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
    """Kafka acknowledges when the test says so; `refuses` is a topic that it does not take records of."""

    published: list[list[tuple[str, bytes]]] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    acknowledge: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: bool = True
    refuses: str | None = None

    async def publish(self, records: Iterable[Outgoing]) -> None:
        batch = [(record.topic, record.value) for record in records]
        if self.refuses in {topic for topic, _ in batch}:
            raise KafkaError
        if not batch:
            return
        self.published.append(batch)
        self.begun.set()
        if not self.at_once:
            await self.acknowledge.wait()


@dataclass
class Setting:
    source: FakeSource
    sink: FakeSink = field(default_factory=FakeSink)
    in_flight: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def step(self) -> None:
        def route(record: Record) -> Outgoing:
            return Outgoing(
                topic="sink" if record.good else "dlq",
                key=record.key,
                value=b"%d" % record.offset,
                headers=[],
                event_id="stripe:evt_1",
                trace_id="0" * 32,
                refusal=None if record.good else Refusal("NormalizationError", "amount: no"),
            )

        relay = Relay(self.source, self.sink, route, batch_max_records=10, in_flight=self.in_flight)
        await relay.step()

    async def step_begun(self) -> asyncio.Task[None]:
        self.sink.at_once = False
        step = asyncio.create_task(self.step())
        await asyncio.wait_for(self.sink.begun.wait(), 10)
        return step


async def test_a_batch_is_produced_in_order_and_then_committed_per_partition() -> None:
    setting = Setting(FakeSource([{P0: [Record(4), Record(5)], P1: [Record(9)]}]))
    await setting.step()
    assert setting.sink.published == [[("sink", b"4"), ("sink", b"5"), ("sink", b"9")]]
    assert setting.source.committed == [{P0: 6, P1: 10}]


async def test_nothing_is_committed_or_logged_before_everything_is_acknowledged() -> None:
    setting = Setting(FakeSource([{P0: [Record(4), Record(5)]}]))
    with capture_logs() as lines:
        step = await setting.step_begun()
        assert (setting.source.committed, lines) == ([], [])
        setting.sink.acknowledge.set()
        await step
    assert setting.source.committed == [{P0: 6}]
    assert [line["offset"] for line in lines] == [4, 5]


async def test_one_log_line_per_record_says_what_became_of_it() -> None:
    with capture_logs() as lines:
        await Setting(FakeSource([{P0: [Record(4), Record(5, good=False)]}])).step()
    both = {"event_id": "stripe:evt_1", "trace_id": "0" * 32, "topic": "source", "partition": 0}
    assert lines == [
        both | {"event": "normalized", "log_level": "info", "offset": 4},
        both
        | {"event": "dead-lettered", "log_level": "warning", "offset": 5}
        | {"error_class": "NormalizationError", "reason": "amount: no"},
    ]


async def test_dlq_itself_down_stops_the_batch_commits_nothing_and_produces_no_good_event_that_would_come_again() -> (
    None
):
    records = {P0: [Record(4), Record(5, good=False), Record(6)]}
    setting = Setting(FakeSource([records]), FakeSink(refuses="dlq"))
    with pytest.raises(KafkaError):
        await setting.step()
    assert (setting.sink.published, setting.source.committed) == ([], [])


async def test_a_sink_that_refuses_stops_the_batch_and_nothing_is_committed() -> None:
    setting = Setting(FakeSource([{P0: [Record(4), Record(5, good=False)]}]), FakeSink(refuses="sink"))
    with pytest.raises(KafkaError):
        await setting.step()
    assert setting.source.committed == []


async def test_no_records_mean_no_commit() -> None:
    setting = Setting(FakeSource([{}]))
    await setting.step()
    assert setting.source.committed == []


async def test_records_of_a_partition_that_was_lost_before_the_batch_are_left_to_its_new_owner() -> None:
    setting = Setting(FakeSource([{P0: [Record(4)], P1: [Record(9)]}], ours={P1}))
    await setting.step()
    assert setting.sink.published == [[("sink", b"9")]]
    assert setting.source.committed == [{P1: 10}]


async def test_a_partition_that_was_lost_during_the_batch_is_not_committed() -> None:
    setting = Setting(FakeSource([{P0: [Record(4)], P1: [Record(9)]}]))
    step = await setting.step_begun()
    setting.source.ours = {P0}
    setting.sink.acknowledge.set()
    await step
    assert setting.source.committed == [{P0: 5}]


async def test_a_commit_that_the_group_refuses_after_a_rebalance_does_not_stop_the_relay() -> None:
    setting = Setting(FakeSource([{P0: [Record(4)]}], commit_error=CommitFailedError()))
    await setting.step()
    assert setting.sink.published == [[("sink", b"4")]]


async def test_any_other_error_of_a_commit_ends_the_session() -> None:
    setting = Setting(FakeSource([{P0: [Record(4)]}], commit_error=KafkaError()))
    with pytest.raises(KafkaError):
        await setting.step()


async def test_a_rebalance_waits_for_the_batch_in_flight() -> None:
    setting = Setting(FakeSource([{P0: [Record(4)]}]))
    step = await setting.step_begun()
    revoked = asyncio.create_task(FinishBatchFirst(setting.in_flight).on_partitions_revoked({P0}))
    await asyncio.sleep(0)
    assert not revoked.done()
    setting.sink.acknowledge.set()
    await revoked
    assert setting.source.committed == [{P0: 5}]
    await step
