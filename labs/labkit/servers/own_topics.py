"""Topics of a lab's own: made when they are missing, read like any other, in nobody's way."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError
from aiokafka.structs import ConsumerRecord

from labkit.errors import ServerDownError
from labkit.servers.topics import FETCH_TIMEOUT_MS, Offsets, with_consumer
from services.contracts.settings import Kafka

T = TypeVar("T")
_GONE_S: Final = 10
_POLL_S: Final = 0.05


def ensure(partitions: Mapping[str, int]) -> None:
    """Create those of these topics (name → number of partitions) that are missing. Raises `ServerDownError`."""

    async def create(admin: AIOKafkaAdminClient) -> None:
        there = set(await admin.list_topics())
        await _create(admin, {name: number for name, number in partitions.items() if name not in there})

    with_admin(create)


def renew(partitions: Mapping[str, int]) -> None:
    """Delete these topics, records and all, and create them anew. Raises `ServerDownError`."""

    async def again(admin: AIOKafkaAdminClient) -> None:
        there = set(await admin.list_topics()) & set(partitions)
        if there:
            await admin.delete_topics(list(there))
        # Kafka forgets a topic some time after it has said that it will.
        async with asyncio.timeout(_GONE_S):
            while there & set(await admin.list_topics()):  # noqa: ASYNC110 - Kafka tells nobody when
                await asyncio.sleep(_POLL_S)
        await _create(admin, partitions)
        # And knows of a new one some time after it has made it.
        async with asyncio.timeout(_GONE_S):
            while any(one["error_code"] for one in await admin.describe_topics(list(partitions))):  # noqa: ASYNC110 - as above
                await asyncio.sleep(_POLL_S)

    with_admin(again)


def ends(names: Collection[str]) -> Offsets:
    """Return, for each partition of these topics, the offset of its next record. Raises `ServerDownError`."""

    async def describe(admin: AIOKafkaAdminClient) -> list[TopicPartition]:
        described = await admin.describe_topics(list(names))
        return [TopicPartition(one["topic"], part["partition"]) for one in described for part in one["partitions"]]

    partitions = sorted(with_admin(describe))

    async def ask(consumer: AIOKafkaConsumer) -> Offsets:
        consumer.assign(partitions)
        found: Offsets = await consumer.end_offsets(partitions)
        return found

    return with_consumer(ask)


def records(since: Offsets) -> list[ConsumerRecord[bytes, bytes]]:
    """Return the records from these offsets up to the present end, partition by partition. Raises `ServerDownError`."""

    async def ask(consumer: AIOKafkaConsumer) -> list[ConsumerRecord[bytes, bytes]]:
        found: list[ConsumerRecord[bytes, bytes]] = []
        consumer.assign(list(since))
        ends_now = await consumer.end_offsets(list(since))
        for partition, offset in since.items():
            consumer.seek(partition, offset)
        waiting = {partition for partition, end in ends_now.items() if since[partition] < end}
        while waiting:
            for batch in (await consumer.getmany(*waiting, timeout_ms=FETCH_TIMEOUT_MS)).values():
                found.extend(record for record in batch if record.offset < ends_now[_partition(record)])
            waiting = {partition for partition in waiting if await consumer.position(partition) < ends_now[partition]}
        return sorted(found, key=lambda record: (record.topic, record.partition, record.offset))

    return with_consumer(ask)


def everything(names: Collection[str]) -> list[ConsumerRecord[bytes, bytes]]:
    """Return every record of these topics, partition by partition. Raises `ServerDownError`."""
    return records(dict.fromkeys(ends(names), 0))


def with_admin(do: Callable[[AIOKafkaAdminClient], Awaitable[T]]) -> T:
    """Run `do` with an admin client, in a thread of its own: a notebook's thread already runs an event loop."""

    async def session() -> T:
        servers = Kafka().bootstrap_servers
        admin = AIOKafkaAdminClient(bootstrap_servers=servers)
        try:
            await admin.start()
        except KafkaError as error:
            await admin.close()
            raise ServerDownError(
                f"Kafka does not answer at {servers}: {error}",
                try_next="`lab.platform.run('pipeline', 'up')`, then run this cell again.",
            ) from None
        try:
            return await do(admin)
        finally:
            await admin.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, session()).result()


async def _create(admin: AIOKafkaAdminClient, partitions: Mapping[str, int]) -> None:
    new = [NewTopic(name, number, replication_factor=1) for name, number in partitions.items()]
    if new:
        answer: Any = await admin.create_topics(new)
        for name, code, *_ in answer.topic_errors:
            if code not in (0, TopicAlreadyExistsError.errno):
                raise ServerDownError(f"Kafka did not create {name} (its error code is {code})")


def _partition(record: ConsumerRecord[bytes, bytes]) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)
