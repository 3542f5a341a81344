"""Topics of a benchmark's own, filled beforehand, and what a run added to one."""

import asyncio
from collections.abc import Iterable
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from services.contracts.settings import Kafka

PARTITIONS = 3

KeyAndValue = tuple[bytes, bytes]
Headers = list[tuple[str, bytes]]


def create(purpose: str) -> str:
    """Create a topic, whose records carry the time at which the broker wrote them, and return its name."""
    return asyncio.run(_create(f"bench.{purpose}.{uuid4().hex[:12]}"))


async def _create(name: str) -> str:
    admin = AIOKafkaAdminClient(bootstrap_servers=Kafka().bootstrap_servers)
    await admin.start()
    try:
        stamped = {"message.timestamp.type": "LogAppendTime"}
        await admin.create_topics([NewTopic(name, PARTITIONS, replication_factor=1, topic_configs=stamped)])
    finally:
        await admin.close()
    return name


def fill(topic: str, records: Iterable[tuple[bytes, bytes, Headers]]) -> None:
    """Write (key, value, headers) records."""

    async def write() -> None:
        async with AIOKafkaProducer(bootstrap_servers=Kafka().bootstrap_servers, linger_ms=5) as producer:
            written = [await producer.send(topic, value, key, headers=headers) for key, value, headers in records]
            await asyncio.gather(*written)

    asyncio.run(write())


def length(*topics: str) -> int:
    """Return how many records these topics have."""

    async def ends() -> int:
        async with AIOKafkaConsumer(bootstrap_servers=Kafka().bootstrap_servers) as consumer:
            return sum((await consumer.end_offsets(_partitions(topics))).values())

    return asyncio.run(ends())


def records_per_s(*topics: str) -> float:
    """Return the rate at which the broker wrote them: from the first to the last record, by its own clock."""

    async def timestamps() -> list[int]:
        async with AIOKafkaConsumer(bootstrap_servers=Kafka().bootstrap_servers) as consumer:
            partitions = _partitions(topics)
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            expected = sum((await consumer.end_offsets(partitions)).values())
            found: list[int] = []
            while len(found) < expected:
                for batch in (await consumer.getmany(timeout_ms=1000)).values():
                    found.extend(record.timestamp for record in batch)
            return found

    found = asyncio.run(timestamps())
    first = min(found)
    return sum(timestamp > first for timestamp in found) / ((max(found) - first) / 1000)


def _partitions(topics: Iterable[str]) -> list[TopicPartition]:
    return [TopicPartition(topic, partition) for topic in topics for partition in range(PARTITIONS)]
