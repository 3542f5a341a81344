"""Records to Kafka, acknowledged. Batches are made by hand: a future for each record costs more than the record."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner

from services.normalizer.records import Outgoing

KEYS_REMEMBERED: Final = 2**16

_partitioner: Final = DefaultPartitioner()


class Publisher:
    """Writes records with an idempotent producer, each to the partition that Kafka's own partitioner gives its key.

    Records of one partition arrive in the order in which they came.
    """

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer

    async def publish(self, records: Iterable[Outgoing]) -> None:
        """Return when all in-sync replicas have all of the records.

        Raises:
            KafkaError: at least one was refused; others may have been written.
        """
        by_partition: dict[tuple[str, int], list[Outgoing]] = defaultdict(list)
        partitions: dict[str, tuple[int, ...]] = {}
        for record in records:
            if record.topic not in partitions:
                partitions[record.topic] = tuple(sorted(await self._producer.partitions_for(record.topic)))
            by_partition[record.topic, partition_of(record.key, partitions[record.topic])].append(record)
        await asyncio.gather(*[self._write(topic, number, rows) for (topic, number), rows in by_partition.items()])

    async def _write(self, topic: str, partition: int, records: Sequence[Outgoing]) -> None:
        sent = [await self._producer.send_batch(batch, topic, partition=partition) for batch in self._batches(records)]
        await asyncio.gather(*sent)

    def _batches(self, records: Sequence[Outgoing]) -> Iterable[Any]:
        batch = self._producer.create_batch()
        for record in records:
            row = {"timestamp": None, "key": record.key, "value": record.value, "headers": record.headers}
            if batch.append(**row) is None:  # full; an empty batch takes a record of any size
                yield batch
                batch = self._producer.create_batch()
                batch.append(**row)
        if batch.record_count():
            batch.close()
            yield batch


@lru_cache(maxsize=KEYS_REMEMBERED)
def partition_of(key: bytes | None, partitions: tuple[int, ...]) -> int:
    """Return the partition of a key as any Kafka client finds it (murmur2). A payment has several events, so remember.

    Records without a key have no order to keep: they all go where an empty key goes.
    """
    found: int = _partitioner(key or b"", list(partitions), list(partitions))
    return found
