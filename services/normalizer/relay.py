"""Batch by batch from the consumer to the producer. Offsets are committed only after all produced is acknowledged."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Protocol

import structlog
from aiokafka.errors import CommitFailedError
from aiokafka.structs import TopicPartition

from services.normalizer.records import Incoming, Outgoing

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
    """Where records go: the publisher."""

    async def publish(self, records: Iterable[Outgoing]) -> None:
        """Return when Kafka has acknowledged all of them. Raises `KafkaError`."""


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
        *,
        batch_max_records: int,
        in_flight: asyncio.Lock,
    ) -> None:
        self._source = source
        self._sink = sink
        self._route = route
        self._log = log.bind()  # once: finding out what is configured takes longer than a line
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
            routed = [(record, self._route(record)) for records in owned.values() for record in records]
            # Dead letters first: while their topic refuses them, the batch comes again and again, and with each time
            # would repeat its good events too.
            await self._sink.publish(went for _, went in routed if went.refusal)
            await self._sink.publish(went for _, went in routed if not went.refusal)
            for came, went in routed:
                self._say(came, went)
            await self._commit({partition: records[-1].offset + 1 for partition, records in owned.items()})

    def _say(self, came: Incoming, went: Outgoing) -> None:
        at = {"topic": came.topic, "partition": came.partition, "offset": came.offset}
        if went.refusal is None:
            self._log.info("normalized", event_id=went.event_id, trace_id=went.trace_id, **at)
        else:
            why = {"error_class": went.refusal.error_class, "reason": went.refusal.reason}
            self._log.warning("dead-lettered", event_id=went.event_id, trace_id=went.trace_id, **at, **why)

    def _owns(self, partition: TopicPartition) -> bool:
        return partition in self._source.assignment()

    async def _commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        still_ours = {partition: offset for partition, offset in offsets.items() if self._owns(partition)}
        if not still_ours:
            return
        try:
            await self._source.commit(still_ours)
        except CommitFailedError:
            # The broker fences a member of an earlier generation: the partitions' next owner reads these records again.
            log.warning("commit refused after a rebalance", partitions=len(still_ours))
