"""The dead-letter topics, streamed without a group (looking leaves no trace), and the topics that a replay goes to."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from services.contracts import topics
from services.contracts.settings import Kafka
from stack.dead_letters.choosing import Choice
from stack.dead_letters.dead_letter import TOPICS, DeadLetter
from stack.dead_letters.replaying import replay
from stack.errors import StackError

MAX_RECORD_BYTES: Final = 2 * 1024 * 1024
FETCH_TIMEOUT_MS: Final = 500
SILENCE_S: Final = 30.0

Record: TypeAlias = "ConsumerRecord[bytes, bytes]"


class DeadLetterTopics:
    """Kafka, as `lakehouse dlq` needs it. Every method raises StackError if it cannot be reached."""

    def __init__(self, settings: Kafka) -> None:
        self._servers = settings.bootstrap_servers

    async def scan(self, choice: Choice) -> None:
        """Show every attempt of every dead letter, up to now, to the choice."""
        async with self._consumer() as consumer:
            ends = await consumer.end_offsets(await _partitions(consumer))
            async for record in _records(consumer, ends):
                choice.see(DeadLetter.of(record))

    async def read(self, letters: Sequence[DeadLetter]) -> AsyncIterator[tuple[DeadLetter, Record]]:
        """Yield each with its record, topic by topic, oldest first."""
        wanted: dict[TopicPartition, dict[int, DeadLetter]] = {}
        for letter in letters:
            partition = TopicPartition(letter.at.topic, letter.at.partition)
            wanted.setdefault(partition, {})[letter.at.offset] = letter
        for partition, by_offset in wanted.items():
            async with self._consumer() as consumer:
                consumer.assign([partition])
                consumer.seek(partition, min(by_offset))
                async for record in _records(consumer, {partition: max(by_offset) + 1}):
                    if record.offset in by_offset:
                        yield by_offset[record.offset], record

    async def replay(self, letters: Sequence[DeadLetter], told: Callable[[DeadLetter], None]) -> None:
        """Write each back to where it came from, and tell it once Kafka has acknowledged it."""
        async with self._producer() as producer:
            async for letter, record in self.read(letters):
                again = replay(letter, record)
                await producer.send_and_wait(again.topic, again.value, again.key, headers=again.headers)
                told(letter)

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._servers,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=MAX_RECORD_BYTES,
        )
        async with self._started(consumer):
            yield consumer

    @asynccontextmanager
    async def _producer(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._servers, acks="all", enable_idempotence=True, max_request_size=MAX_RECORD_BYTES
        )
        async with self._started(producer):
            yield producer

    @asynccontextmanager
    async def _started(self, client: Any) -> AsyncIterator[None]:  # noqa: ANN401 - either of aiokafka's untyped clients
        try:
            try:
                await client.start()
                yield
            finally:
                await client.stop()
        except (KafkaError, OSError, TimeoutError) as error:
            raise StackError(
                f"Kafka at {self._servers} did not answer: {type(error).__name__}.",
                "`lakehouse up --only kafka` starts it.",
            ) from error


async def _partitions(consumer: AIOKafkaConsumer) -> Sequence[TopicPartition]:
    existing = await consumer.topics()
    missing = [topic for topic in TOPICS if topic not in existing]
    if missing:
        raise StackError(
            f"Kafka has no topic {missing[0]}.", "`lakehouse up --only kafka` creates the platform's topics."
        )
    partitions = [
        TopicPartition(topic.name, number)
        for topic in topics.ALL
        if topic.name in TOPICS
        for number in range(topic.partitions)
    ]
    consumer.assign(partitions)
    await consumer.seek_to_beginning()
    return partitions


async def _records(consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> AsyncIterator[Record]:
    """Yield what comes before these ends. Raises TimeoutError if nothing comes though something should."""
    loop = asyncio.get_running_loop()
    heard = loop.time()
    left = {partition: end for partition, end in ends.items() if await consumer.position(partition) < end}
    while left:
        batches = await consumer.getmany(*left, timeout_ms=FETCH_TIMEOUT_MS)
        for partition, records in batches.items():
            for record in records:
                if record.offset < ends[partition]:
                    yield record
        heard = loop.time() if batches else heard
        if loop.time() - heard > SILENCE_S:
            raise TimeoutError
        left = {partition: end for partition, end in left.items() if await consumer.position(partition) < end}
