"""Batch by batch from the consumer to the producer. Offsets are committed only after all produced is acknowledged."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, Protocol

import structlog
from aiokafka.errors import CommitFailedError
from aiokafka.structs import TopicPartition

from services.normalizer.records import Headers, Incoming, Outgoing

POLL_TIMEOUT_MS: Final = 500

log = structlog.get_logger()


class Source(Protocol):
    """The part of AIOKafkaConsumer that we use."""

    async def getmany(self, *, timeout_ms: int, max_records: int) -> Mapping[TopicPartition, Sequence[Incoming]]:
        """Return the next records per partition; none after the timeout."""

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit the offset of the next record to read, per partition."""

    def assignment(self) -> set[TopicPartition]:
        """Return the partitions that are ours now."""


class Sink(Protocol):
    """The part of AIOKafkaProducer that we use."""

    async def send(self, topic: str, value: bytes, key: bytes | None, *, headers: Headers) -> Awaitable[object]:
        """Queue a record; what is returned completes when Kafka has acknowledged it."""


class Relay:
    """At least once: a crash at any point repeats records (under the same event id) and never skips one.

    Args:
        source: where records come from.
        sink: where records go.
        route: makes the record to produce of the record that came.
        batch_max_records: records between two commits.
        in_flight: held while a batch is between its first record and its commit.
    """

    def __init__(
        self,
        source: Source,
        sink: Sink,
        route: Callable[[Incoming], Outgoing],
        batch_max_records: int,
        in_flight: asyncio.Lock,
    ) -> None:
        self._source = source
        self._sink = sink
        self._route = route
        self._batch_max_records = batch_max_records
        self._in_flight = in_flight

    async def step(self) -> None:
        """Relay one batch.

        Raises:
            KafkaError: something could not be produced, and nothing is committed.
        """
        batch = await self._source.getmany(timeout_ms=POLL_TIMEOUT_MS, max_records=self._batch_max_records)
        async with self._in_flight:
            owned = {partition: records for partition, records in batch.items() if self._owns(partition)}
            acknowledged = [await self._produce(record) for records in owned.values() for record in records]
            await asyncio.gather(*acknowledged)
            await self._commit({partition: records[-1].offset + 1 for partition, records in owned.items()})

    def _owns(self, partition: TopicPartition) -> bool:
        return partition in self._source.assignment()

    async def _produce(self, record: Incoming) -> Awaitable[object]:
        outgoing = self._route(record)
        if outgoing.refusal is not None:
            log.warning(
                "dead-lettered",
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                reason=outgoing.refusal,
            )
        return await self._sink.send(outgoing.topic, outgoing.value, outgoing.key, headers=outgoing.headers)

    async def _commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        still_ours = {partition: offset for partition, offset in offsets.items() if self._owns(partition)}
        if not still_ours:
            return
        try:
            await self._source.commit(still_ours)
        except CommitFailedError:
            # The group gave our partitions to another member, which reads these records again.
            log.warning("commit refused after a rebalance", partitions=len(still_ours))
