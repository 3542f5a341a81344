"""The normalizer's reference: consume, decode, produce, commit; the same clients, batches and acknowledgements."""

import asyncio
import signal

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from services.normalizer.records import MAX_RECORD_BYTES
from services.normalizer.settings import NormalizerSettings


async def main(settings: NormalizerSettings) -> None:
    """Pipe until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    # The settings of services/normalizer/worker.py: with smaller batches this would wait for Kafka, not compute.
    servers = settings.kafka.bootstrap_servers
    consumer = AIOKafkaConsumer(
        *settings.sources,
        bootstrap_servers=servers,
        group_id=settings.group_id,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=MAX_RECORD_BYTES,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=servers,
        acks="all",
        enable_idempotence=True,
        max_request_size=MAX_RECORD_BYTES,
        max_batch_size=MAX_RECORD_BYTES // 2,
    )
    async with producer, consumer:
        while not stop.is_set():
            batch = await consumer.getmany(timeout_ms=500, max_records=settings.batch_max_records)
            acknowledged = []
            for records in batch.values():
                for record in records:
                    msgspec.json.decode(record.value)
                    acknowledged.append(
                        await producer.send(settings.sink, record.value, record.key, headers=list(record.headers))
                    )
            await asyncio.gather(*acknowledged)
            if batch:
                await consumer.commit({partition: records[-1].offset + 1 for partition, records in batch.items()})


if __name__ == "__main__":
    asyncio.run(main(NormalizerSettings()))
