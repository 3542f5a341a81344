"""Topics and a consumer group of a test's own, on the platform's Kafka."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.structs import ConsumerRecord

from services.normalizer.bootstrap import bootstrap
from services.normalizer.normalization import Normalize, normalize
from services.normalizer.settings import NormalizerSettings

PARTITIONS = 3


@dataclass
class Lane:
    """The normalizer's topics of one test, and what a test does with them."""

    settings: NormalizerSettings

    @staticmethod
    def charge(number: int, **fields: object) -> bytes:
        """Return a charge event; `number` is in its id."""
        subject = {"object": "charge", "id": f"ch_{number}", "amount": 1500, "currency": "usd", "status": "succeeded"}
        event = {"id": f"evt_{number}", "type": "charge.succeeded", "created": 1234567890}
        return json.dumps({**event, "data": {"object": {**subject, **fields}}}).encode()

    async def produce(self, records: Sequence[tuple[str, bytes, bytes]]) -> None:
        """Write (topic, key, value) records."""
        async with AIOKafkaProducer(bootstrap_servers=self.settings.kafka.bootstrap_servers) as producer:
            await asyncio.gather(*[await producer.send(topic, value, key) for topic, key, value in records])

    async def read(self, topic: str, until: Callable[[list[ConsumerRecord]], bool]) -> list[ConsumerRecord]:
        """Read a topic from its beginning until the records satisfy."""
        found: list[ConsumerRecord] = []
        servers = self.settings.kafka.bootstrap_servers
        async with AIOKafkaConsumer(topic, bootstrap_servers=servers, auto_offset_reset="earliest") as consumer:
            async with asyncio.timeout(60):
                while not until(found):
                    batches = await consumer.getmany(timeout_ms=20)
                    found += [record for records in batches.values() for record in records]
        return found

    async def lag(self) -> int:
        """Return how many records of the sources are not committed yet."""
        servers, topics = self.settings.kafka.bootstrap_servers, self.settings.sources
        partitions = [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]
        async with AIOKafkaConsumer(
            bootstrap_servers=servers, group_id=self.settings.group_id, enable_auto_commit=False
        ) as consumer:
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            committed = [await consumer.committed(partition) or 0 for partition in partitions]
        return sum(ends.values()) - sum(committed)

    @asynccontextmanager
    async def worker(self, normalize: Normalize = normalize) -> AsyncIterator[None]:
        """The normalizer inside this process."""
        stop = asyncio.Event()
        task = asyncio.create_task(bootstrap(self.settings, normalize=normalize).run(stop))
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait_for(task, 30)

    async def process(self, **environment: str) -> asyncio.subprocess.Process:
        """The normalizer as a process of its own."""
        own = {
            "NORMALIZER_GROUP_ID": self.settings.group_id,
            "NORMALIZER_BATCH_MAX_RECORDS": str(self.settings.batch_max_records),
            "NORMALIZER_SOURCES": json.dumps(self.settings.sources),
            "NORMALIZER_SINK": self.settings.sink,
            "NORMALIZER_DLQ": self.settings.dlq,
        }
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.normalizer",
            env=os.environ | own | environment,
            stdout=asyncio.subprocess.DEVNULL,
        )


@pytest.fixture
async def lane(live_pipeline: object) -> AsyncIterator[Callable[..., Awaitable[Lane]]]:
    """Makes a lane; keyword arguments are settings."""
    del live_pipeline  # its servers are all that is needed of it
    made: list[str] = []

    async def make(**options: int) -> Lane:
        name = f"test.normalizer.{uuid4().hex[:12]}"
        topics = [f"{name}.{topic}" for topic in ("payment_intent", "charge", "refund", "sink", "dlq")]
        settings = NormalizerSettings(
            group_id=name, sources=tuple(topics[:3]), sink=topics[3], dlq=topics[4], **options
        )
        admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap_servers)
        await admin.start()
        await admin.create_topics([NewTopic(topic, PARTITIONS, 1) for topic in topics])
        await admin.close()
        made.extend(topics)
        return Lane(settings)

    yield make
    if made:
        admin = AIOKafkaAdminClient(bootstrap_servers=NormalizerSettings().kafka.bootstrap_servers)
        await admin.start()
        await admin.delete_topics(made)
        await admin.close()
