"""A relay that ends itself by kill -9: `python relay_program.py ORDER GROUP SOURCE SINK KILL`.

ORDER is `commit-first` or `produce-first`; KILL is `yes` to be killed between the two.
"""

import asyncio
import os
import signal
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from services.contracts.settings import Kafka

POLL_MS = 300


async def main(order: str, group: str, source: str, sink: str, kill: str) -> None:
    """Relay what the group has not committed yet, in one batch."""
    servers = Kafka().bootstrap_servers
    partition = TopicPartition(source, 0)
    async with (
        AIOKafkaProducer(bootstrap_servers=servers, acks="all") as producer,
        AIOKafkaConsumer(bootstrap_servers=servers, group_id=group, enable_auto_commit=False) as consumer,
    ):
        consumer.assign([partition])
        # Up to the end, however slow Kafka is today: an empty first batch would leave nothing to lose.
        [end] = (await consumer.end_offsets([partition])).values()
        batch = []
        while await consumer.position(partition) < end:
            batch += (await consumer.getmany(timeout_ms=POLL_MS)).get(partition, [])

        async def produce() -> None:
            for record in batch:
                await producer.send_and_wait(sink, record.value)

        async def commit() -> None:
            if batch:
                await consumer.commit({partition: batch[-1].offset + 1})

        first, second = (commit, produce) if order == "commit-first" else (produce, commit)
        await first()
        if kill == "yes":
            os.kill(os.getpid(), signal.SIGKILL)
        await second()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
