"""Topics and a consumer group of a test's own, on the platform's Kafka."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.structs import ConsumerRecord

from services.contracts.events import decode
from services.contracts.settings import REPOSITORY
from services.normalizer.bootstrap import bootstrap
from services.normalizer.normalization import Normalize, normalize
from services.normalizer.settings import NormalizerSettings

PARTITIONS = 3


@dataclass
class Lane:
    """The normalizer's topics of one test, and what a test does with them."""

    settings: NormalizerSettings
    logs: Path

    @staticmethod
    def charge(number: int, **fields: object) -> bytes:
        """Return a charge event; `number` is in its id."""
        subject = {"object": "charge", "id": f"ch_{number}", "amount": 1500, "currency": "usd", "status": "succeeded"}
        event = {"id": f"evt_{number}", "type": "charge.succeeded", "created": 1234567890}
        return json.dumps({**event, "data": {"object": {**subject, **fields}}}).encode()

    async def produce(self, records: Sequence[tuple[str, bytes, bytes]], **headers: bytes) -> None:
        """Write (topic, key, value) records."""
        async with AIOKafkaProducer(bootstrap_servers=self.settings.kafka.bootstrap_servers) as producer:
            same = list(headers.items())
            sent = [await producer.send(topic, value, key, headers=same) for topic, key, value in records]
            await asyncio.gather(*sent)

    async def produce_charges(self, numbers: Sequence[int]) -> set[str]:
        """Write charge events over all topics, each with a key of its own; return their ids."""
        sources = self.settings.sources
        await self.produce([(sources[number % 3], b"k%d" % number, self.charge(number)) for number in numbers])
        return {f"stripe:evt_{number}" for number in numbers}

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

    async def until_all_are_there(self, ids: set[str]) -> list[ConsumerRecord]:
        """Read the sink until it holds exactly these events, however often each."""
        return await self.read(self.settings.sink, lambda found: {decode(r.value).event_id for r in found} == ids)

    async def count(self, topic: str) -> int:
        """Return how many records the topic holds."""
        async with AIOKafkaConsumer(bootstrap_servers=self.settings.kafka.bootstrap_servers) as consumer:
            return sum((await consumer.end_offsets([TopicPartition(topic, n) for n in range(PARTITIONS)])).values())

    async def create(self, *topics: str, **configs: str) -> None:
        """Create topics."""
        async with _admin(self.settings) as admin:
            named = {name.replace("_", "."): value for name, value in configs.items()}
            await admin.create_topics([NewTopic(topic, PARTITIONS, 1, topic_configs=named) for topic in topics])

    async def configure(self, topic: str, **configs: str) -> None:
        """Change a topic's configuration."""
        async with _admin(self.settings) as admin:
            named = {name.replace("_", "."): value for name, value in configs.items()}
            await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, named)])

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

    async def process(self, *program: str, **environment: str) -> "Process":
        """The normalizer as a process of its own; `program` is another way to start it."""
        own = {
            "NORMALIZER_GROUP_ID": self.settings.group_id,
            "NORMALIZER_BATCH_MAX_RECORDS": str(self.settings.batch_max_records),
            "NORMALIZER_SOURCES": json.dumps(self.settings.sources),
            "NORMALIZER_SINK": self.settings.sink,
            "NORMALIZER_DLQ": self.settings.dlq,
        }
        log = self.logs / f"{uuid4().hex}.log"
        with log.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *(program or ("-m", "services.normalizer")),
                cwd=REPOSITORY,
                env=os.environ | own | environment,
                stdout=file,
                stderr=file,
            )
        return Process(process, log)


@dataclass
class Process:
    """A normalizer that runs by itself."""

    process: asyncio.subprocess.Process
    log: Path

    async def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        assert await self.process.wait() == -signal.SIGKILL

    async def stop(self) -> None:
        """SIGTERM, which it obeys in time."""
        self.process.terminate()
        assert await asyncio.wait_for(self.process.wait(), 30) == 0, self.log.read_text()

    def lines(self) -> list[dict[str, object]]:
        """Return what it logged so far, but for a line that is being written."""
        return [json.loads(line) for line in self.log.read_text().splitlines(keepends=True) if line.endswith("\n")]

    async def until_it_says(self, event: str) -> dict[str, object]:
        """Return the first log line of this kind."""
        async with asyncio.timeout(60):
            while True:
                for line in self.lines():
                    if line["event"] == event:
                        return line
                assert self.process.returncode is None, self.log.read_text()
                await asyncio.sleep(0.05)


@asynccontextmanager
async def _admin(settings: NormalizerSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap_servers)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


@pytest.fixture
async def lane(live_pipeline: object, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Lane]]]:
    """Makes a lane; keyword arguments are settings, `dlq=False` leaves that topic out."""
    del live_pipeline  # its servers are all that is needed of it
    made: list[Lane] = []

    async def make(*, dlq: bool = True, **options: int) -> Lane:
        name = f"test.normalizer.{uuid4().hex[:12]}"
        topics = [f"{name}.{topic}" for topic in ("payment_intent", "charge", "refund", "sink", "dlq")]
        settings = NormalizerSettings(
            group_id=name, sources=tuple(topics[:3]), sink=topics[3], dlq=topics[4], **options
        )
        own = Lane(settings, tmp_path)
        await own.create(*topics if dlq else topics[:4])
        made.append(own)
        return own

    yield make
    for own in made:
        async with _admin(own.settings) as admin:
            await admin.delete_topics([*own.settings.sources, own.settings.sink, own.settings.dlq])
