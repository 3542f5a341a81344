"""The topics, read from their beginning to their current end, without a group: looking leaves no trace."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from services.contracts import events, topics, tracing
from services.contracts.settings import Kafka
from stack.journey.census import Ids
from stack.journey.errors import StageUnavailableError
from stack.journey.sightings import Sighting, Stage

STAGE_OF_TOPIC = {
    **dict.fromkeys(topics.WEBHOOKS, Stage.WEBHOOKS),
    topics.UNROUTED: Stage.ASIDE,
    topics.WEBHOOK_DLQ: Stage.ASIDE,
    topics.NORMALIZED: Stage.NORMALIZED,
    topics.VALIDATION_DLQ: Stage.VALIDATION_DLQ,
}
FETCH_TIMEOUT_MS = 500


class _Identified(msgspec.Struct):
    """As much of a record as names its event: Stripe's `id`, or `event_id` once it is normalized."""

    id: Any = None
    event_id: Any = None


_decoder = msgspec.json.Decoder(_Identified)


def event_id_in(value: bytes | None) -> str | None:
    """Return the event id that a record's value carries, None if none can be read (a dead letter may be anything)."""
    try:
        found = _decoder.decode(value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    named = found.event_id if isinstance(found.event_id, str) else found.id
    return events.event_id(named) if isinstance(named, str) and named else None


class KafkaStage:
    """The broker as a stage."""

    stages = (Stage.WEBHOOKS, Stage.ASIDE, Stage.NORMALIZED, Stage.VALIDATION_DLQ)

    def __init__(self, settings: Kafka, timeout_s: float = 60) -> None:
        self._settings = settings
        self._timeout_s = timeout_s

    def look(self, event_id: str) -> Mapping[str, Sequence[Sighting]]:
        """Return every record that carries the event, by stage."""
        needle = event_id.rpartition(":")[2].encode()
        seen: dict[str, list[Sighting]] = {}
        for record in self._read(tuple(STAGE_OF_TOPIC), needle):
            if event_id_in(record.value) == event_id:
                seen.setdefault(STAGE_OF_TOPIC[record.topic], []).append(_sighting(record))
        return seen

    def unrouted(self) -> Ids:
        """Return the events of types that nobody routes. The gateway may write one twice, if its sender retried."""
        found = (event_id_in(record.value) for record in self._read((topics.UNROUTED,)))
        return Ids(frozenset(event_id for event_id in found if event_id))

    def _read(self, names: Sequence[str], needle: bytes = b"") -> list[ConsumerRecord[bytes, bytes]]:
        try:
            return asyncio.run(asyncio.wait_for(self._scan(names, needle), self._timeout_s))
        except TimeoutError as error:
            raise StageUnavailableError(f"Kafka was not read to its end within {self._timeout_s:g} s") from error
        except (KafkaError, OSError) as error:
            raise StageUnavailableError(f"Kafka at {self._settings.bootstrap_servers}: {error}") from error

    async def _scan(self, names: Sequence[str], needle: bytes) -> list[ConsumerRecord[bytes, bytes]]:
        kept: list[ConsumerRecord[bytes, bytes]] = []
        async with self._consumer(names) as (consumer, ends):
            left = ends
            while left:
                batches = await consumer.getmany(*left, timeout_ms=FETCH_TIMEOUT_MS)
                records = [record for batch in batches.values() for record in batch if needle in (record.value or b"")]
                kept += [record for record in records if record.offset < ends[_partition(record)]]
                left = {key: end for key, end in left.items() if await consumer.position(key) < end}
        return kept

    @asynccontextmanager
    async def _consumer(
        self, names: Sequence[str]
    ) -> AsyncIterator[tuple[AIOKafkaConsumer, dict[TopicPartition, int]]]:
        """Yield a consumer at the beginning of every partition that is there, and the partitions' current ends."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.bootstrap_servers,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=8 * 2**20,
        )
        try:
            await consumer.start()
            existing = await consumer.topics()
            partitions = [
                TopicPartition(topic.name, number)
                for topic in topics.ALL
                if topic.name in existing and topic.name in names
                for number in range(topic.partitions)
            ]
            consumer.assign(partitions)
            begins = await consumer.beginning_offsets(partitions)
            ends = await consumer.end_offsets(partitions)
            yield consumer, {key: end for key, end in ends.items() if end > begins[key]}
        finally:
            await consumer.stop()


def _sighting(record: ConsumerRecord[bytes, bytes]) -> Sighting:
    details: dict[str, str | int] = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    if any(name == tracing.HEADER for name, _ in record.headers):
        details["trace_id"] = tracing.trace_id(tracing.continued(record.headers))
    return Sighting(
        where=f"{record.topic}/{record.partition}@{record.offset}",
        at=datetime.fromtimestamp(record.timestamp / 1000, tz=UTC),
        details=details,
    )


def _partition(record: ConsumerRecord[bytes, bytes]) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)
