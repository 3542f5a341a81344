"""Asking Kafka: where the topics end, and whether a record arrived since."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from labkit.errors import ServerDownError
from services.contracts.settings import Kafka
from services.contracts.topics import ALL

Offsets = Mapping[TopicPartition, int]
T = TypeVar("T")
FETCH_TIMEOUT_MS = 500


@dataclass(frozen=True)
class Position:
    """Where a record is."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}, partition {self.partition}, offset {self.offset}"


def end_offsets(names: Collection[str]) -> Offsets:
    """Return, for each partition of these topics, the offset of its next record. Raises `ServerDownError`."""
    partitions = [
        TopicPartition(topic.name, number) for topic in ALL if topic.name in names for number in range(topic.partitions)
    ]

    async def ask(consumer: AIOKafkaConsumer) -> Offsets:
        consumer.assign(partitions)
        ends: Offsets = await consumer.end_offsets(partitions)
        return ends

    return with_consumer(ask)


def find(since: Offsets, holds: Callable[[bytes], bool]) -> Position | None:
    """Return the first record at or after `since` whose value `holds`, None if there is none up to the present end."""

    async def ask(consumer: AIOKafkaConsumer) -> Position | None:
        consumer.assign(list(since))
        ends = await consumer.end_offsets(list(since))
        for partition, offset in since.items():
            consumer.seek(partition, offset)
        waiting = {partition for partition, end in ends.items() if since[partition] < end}
        while waiting:
            batch = await consumer.getmany(*waiting, timeout_ms=FETCH_TIMEOUT_MS)
            for record in (record for records in batch.values() for record in records):
                if record.value is not None and holds(record.value):
                    return Position(record.topic, record.partition, record.offset)
            waiting = {partition for partition in waiting if await consumer.position(partition) < ends[partition]}
        return None

    return with_consumer(ask)


def with_consumer(ask: Callable[[AIOKafkaConsumer], Coroutine[None, None, T]], group: str | None = None) -> T:
    """Run `ask` with a consumer (of this group), in a thread of its own: a notebook's already runs an event loop."""

    async def session() -> T:
        servers = Kafka().bootstrap_servers
        consumer = AIOKafkaConsumer(
            bootstrap_servers=servers, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        try:
            await consumer.start()
        except KafkaError as error:
            await consumer.stop()
            raise ServerDownError(
                f"Kafka does not answer at {servers}: {error}",
                try_next="`lab.platform.run('pipeline', 'up')`, then run this cell again.",
            ) from None
        try:
            return await ask(consumer)
        finally:
            await consumer.stop()

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, session()).result()
