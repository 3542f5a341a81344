"""Running a learner's relay against real Kafka, and ending it at the worst moments."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import NotEnoughReplicasError

from labkit.errors import WrongAnswerError
from labkit.servers import own_topics
from services.contracts.settings import Kafka

SOURCE, SINK = "lab03.relay.in", "lab03.relay.out"
COUNT: Final = 5
WITHIN_S: Final = 10
STARTS: Final = 2
IDLE_MS: Final = 200
GROUP: Final = "lab03.relay"

Relay = Callable[..., Awaitable[Any]]


class KilledError(BaseException):
    """Stands for kill -9: nothing that a learner writes around it can go on."""


@dataclass
class Faults:
    """What happens the first time that it can: `refuse` and `kill_at` count records from 1."""

    kill_at: int = 0
    refuse_at: int = 0
    kill_before_commit: bool = False
    kill_after_commit: bool = False


@dataclass
class Story:
    """One run with its restarts.

    Attributes:
        written: how often each record is in the sink.
        committed: the last committed offset, counted from the first of the records.
        raised: what it raised, but for kills and Kafka's refusals.
    """

    written: Counter[bytes] = field(default_factory=Counter)
    committed: int = 0
    raised: Exception | None = None

    @property
    def lost(self) -> int:
        """How many records never arrived."""
        return COUNT - len(self.written)

    @property
    def doubled(self) -> int:
        """How many arrived more than once."""
        return sum(count > 1 for count in self.written.values())


def tell(relay: Relay, faults: Faults) -> Story:
    """Write five records, let the relay copy them with these faults, start it once more.

    Raises:
        ServerDownError: Kafka does not answer.
        WrongAnswerError: it does not come back.
    """
    own_topics.ensure({SOURCE: 1, SINK: 1})
    [(partition, start)] = own_topics.ends([SOURCE]).items()
    before = own_topics.ends([SINK])
    with ThreadPoolExecutor(max_workers=1) as pool:
        story = pool.submit(asyncio.run, _Run(relay, faults, partition, start).tell()).result()
    story.written = Counter(record.value or b"" for record in own_topics.records(before))
    return story


@dataclass
class _Run:
    relay: Relay
    faults: Faults
    partition: TopicPartition
    start: int
    handed: int = 0

    async def tell(self) -> Story:
        story = Story()
        async with AIOKafkaProducer(bootstrap_servers=Kafka().bootstrap_servers, acks="all") as producer:
            for number in range(COUNT):
                await producer.send_and_wait(SOURCE, b"record %d" % number)
            await self._commit_start()
            for _ in range(STARTS):
                await self._start(producer, story)
        return story

    async def _commit_start(self) -> None:
        """The group of an earlier run may have committed less, or more before a reset."""
        async with self._consumer() as consumer:
            await consumer.commit({self.partition: self.start})

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        async with AIOKafkaConsumer(
            bootstrap_servers=Kafka().bootstrap_servers, group_id=GROUP, enable_auto_commit=False
        ) as consumer:
            consumer.assign([self.partition])
            yield consumer

    async def _start(self, producer: AIOKafkaProducer, story: Story) -> None:
        async def produce(record: Any) -> None:  # noqa: ANN401 - a consumer's record
            self.handed += 1
            if self.handed == self.faults.kill_at:
                raise KilledError
            if self.handed == self.faults.refuse_at:
                raise NotEnoughReplicasError
            await producer.send_and_wait(SINK, record.value)

        async with self._consumer() as consumer:
            consumer.seek(self.partition, await consumer.committed(self.partition))
            try:
                await asyncio.wait_for(self.relay(_Watched(consumer, self.faults), produce), WITHIN_S)
            except TimeoutError:
                message = f"`relay` had not returned after {WITHIN_S} s; it is one batch, its caller does the loop"
                raise WrongAnswerError(message) from None
            except (KilledError, NotEnoughReplicasError):
                pass
            except Exception as error:  # noqa: BLE001 - whatever a learner's code raises
                story.raised = error
            story.committed = await consumer.committed(self.partition) - self.start


class _Watched:
    """The consumer, ended around its first commit if that is asked for."""

    def __init__(self, consumer: AIOKafkaConsumer, faults: Faults) -> None:
        self._consumer = consumer
        self._faults = faults
        self._first = True

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the consumer has
        return getattr(self._consumer, name)

    async def getmany(self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None) -> Any:  # noqa: ANN401 - as the consumer's
        """Read, but wait no longer than needed: a check has two starts to see."""
        waits = max(timeout_ms, IDLE_MS) if self._first else IDLE_MS
        self._first = False
        return await self._consumer.getmany(*partitions, timeout_ms=waits, max_records=max_records)

    async def commit(self, offsets: Any = None) -> None:  # noqa: ANN401 - as the consumer's
        if self._faults.kill_before_commit:
            self._faults.kill_before_commit = False
            raise KilledError
        await self._consumer.commit(offsets)
        if self._faults.kill_after_commit:
            self._faults.kill_after_commit = False
            raise KilledError
