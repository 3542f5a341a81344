"""Asking Kafka: where the topics end, and whether a record arrived since."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

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

    return ends_of(partitions)


def ends_of(partitions: Collection[TopicPartition]) -> Offsets:
    """Return, for each of these partitions, the offset of its next record. Raises `ServerDownError`."""

    async def ask(consumer: AIOKafkaConsumer) -> Offsets:
        consumer.assign(list(partitions))
        ends: Offsets = await consumer.end_offsets(list(partitions))
        return ends

    return with_consumer(ask)


def find(since: Offsets, holds: Callable[[bytes], bool]) -> Position | None:
    """Return the first record at or after `since` whose value `holds`, None if there is none up to the present end."""

    async def ask(consumer: AIOKafkaConsumer) -> Position | None:
        async with aclosing(read(consumer, since)) as found:
            async for record in found:
                if record.value is not None and holds(record.value):
                    return Position(record.topic, record.partition, record.offset)
        return None

    return with_consumer(ask)


async def read(consumer: AIOKafkaConsumer, since: Offsets) -> AsyncGenerator[ConsumerRecord[bytes, bytes]]:
    """Yield the records from these offsets up to the end that each partition has now."""
    consumer.assign(list(since))
    ends = await consumer.end_offsets(list(since))
    for partition, offset in since.items():
        consumer.seek(partition, offset)
    waiting = {partition for partition, end in ends.items() if since[partition] < end}
    while waiting:
        for partition, batch in (await consumer.getmany(*waiting, timeout_ms=FETCH_TIMEOUT_MS)).items():
            for record in batch:
                if record.offset < ends[partition]:
                    yield record
        waiting = {partition for partition in waiting if await consumer.position(partition) < ends[partition]}


def with_consumer(ask: Callable[[AIOKafkaConsumer], Coroutine[None, None, T]], group: str | None = None) -> T:
    """Run `ask` with a consumer (of this group). Raises `ServerDownError`."""

    async def session() -> T:
        servers = Kafka().bootstrap_servers
        consumer = AIOKafkaConsumer(
            bootstrap_servers=servers, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        async with _started(consumer.start, consumer.stop, servers):
            return await ask(consumer)

    return _in_a_thread(session())


def with_admin(ask: Callable[[AIOKafkaAdminClient], Coroutine[None, None, T]]) -> T:
    """Run `ask` with an admin client. Raises `ServerDownError`."""

    async def session() -> T:
        servers = Kafka().bootstrap_servers
        admin = AIOKafkaAdminClient(bootstrap_servers=servers)
        async with _started(admin.start, admin.close, servers):
            return await ask(admin)

    return _in_a_thread(session())


@asynccontextmanager
async def _started(
    start: Callable[[], Awaitable[None]], stop: Callable[[], Awaitable[None]], servers: str
) -> AsyncIterator[None]:
    """Have a client connected while the block runs."""
    try:
        try:
            await start()
        except KafkaError as error:
            raise ServerDownError(
                f"Kafka does not answer at {servers}: {error}",
                try_next="`lab.platform.run('pipeline', 'up')`, then run this cell again.",
            ) from None
        yield
    finally:
        await stop()


def _in_a_thread(session: Coroutine[None, None, T]) -> T:
    """Run it in a thread of its own: a notebook's already runs an event loop."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, session).result()
