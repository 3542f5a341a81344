"""A free port for a gateway of a test's own, and reading back what a gateway wrote to Kafka."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.contracts import topics
from services.contracts.settings import Kafka


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Reader:
    """Reads every record that is written to the topics from its start on."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def until(self, wanted: Callable[[list[Any]], bool], timeout_s: float = 20) -> list[Any]:
        """Return the records so far as soon as they are what is wanted."""
        records: list[Any] = []
        async with asyncio.timeout(timeout_s):
            while not wanted(records):
                for batch in (await self._consumer.getmany(timeout_ms=200)).values():
                    records.extend(batch)
        return records


@asynccontextmanager
async def reading(*names: str) -> AsyncIterator[Reader]:
    """Start at the present end of these topics."""
    consumer = AIOKafkaConsumer(bootstrap_servers=Kafka().bootstrap_servers, enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [
            TopicPartition(topic.name, partition)
            for topic in topics.ALL
            if topic.name in names
            for partition in range(topic.partitions)
        ]
        consumer.assign(partitions)
        await consumer.seek_to_end(*partitions)
        for partition in partitions:
            await consumer.position(partition)
        yield Reader(consumer)
    finally:
        await consumer.stop()
