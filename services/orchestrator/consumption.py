"""Batch by batch from a topic to a handler. Offsets are committed only after the handler has returned."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import stamina
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, KafkaError

from services.orchestrator.dead_letters import Record

POLL_TIMEOUT_MS: Final = 500
LONGEST_WAIT_S: Final = 10.0

Handler = Callable[[Sequence[Record]], Awaitable[None]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Consumption:
    """One topic, read by one group, at least once: a crash repeats records and never skips one."""

    bootstrap_servers: str
    topic: str
    group_id: str
    batch_max_records: int
    handle: Handler

    async def run(self, stop: asyncio.Event) -> None:
        """Read until `stop` is set. After an error of Kafka's, start over from the committed offsets.

        Raises:
            Exception: whatever the handler raised; its batch is not committed.
        """
        async for attempt in stamina.retry_context(on=KafkaError, attempts=None, timeout=None, wait_max=LONGEST_WAIT_S):
            with attempt:
                async with self._consumer() as consumer:
                    log.info("consuming", topic=self.topic, group=self.group_id)
                    while not stop.is_set():
                        await self._step(consumer)

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            self.topic,
            bootstrap_servers=self.bootstrap_servers,
            client_id="orchestrator",
            group_id=self.group_id,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        try:
            await consumer.start()
            yield consumer
        finally:
            await consumer.stop()

    async def _step(self, consumer: AIOKafkaConsumer) -> None:
        batch: Mapping[TopicPartition, Sequence[Record]] = await consumer.getmany(
            timeout_ms=POLL_TIMEOUT_MS, max_records=self.batch_max_records
        )
        if not batch:
            return
        await self.handle([record for records in batch.values() for record in records])
        ours = consumer.assignment()
        offsets = {partition: records[-1].offset + 1 for partition, records in batch.items() if partition in ours}
        if not offsets:
            return
        try:
            await consumer.commit(offsets)
        except CommitFailedError:
            # The group gave our partitions to another member, which reads these records again.
            log.warning("commit refused after a rebalance", topic=self.topic)
