"""Topics of a lab's own: made when they are missing, read like any other, in nobody's way."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError
from aiokafka.structs import ConsumerRecord

from labkit.errors import ServerDownError
from labkit.servers.topics import Offsets, ends_of, read, with_admin, with_consumer

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

    return ends_of(sorted(with_admin(describe)))


def records(since: Offsets) -> list[ConsumerRecord[bytes, bytes]]:
    """Return the records from these offsets up to the present end, partition by partition. Raises `ServerDownError`."""

    async def ask(consumer: AIOKafkaConsumer) -> list[ConsumerRecord[bytes, bytes]]:
        found = [record async for record in read(consumer, since)]
        return sorted(found, key=lambda record: (record.topic, record.partition, record.offset))

    return with_consumer(ask)


def everything(names: Collection[str]) -> list[ConsumerRecord[bytes, bytes]]:
    """Return every record of these topics, partition by partition. Raises `ServerDownError`."""
    return records(dict.fromkeys(ends(names), 0))


async def _create(admin: AIOKafkaAdminClient, partitions: Mapping[str, int]) -> None:
    new = [NewTopic(name, number, replication_factor=1) for name, number in partitions.items()]
    if new:
        answer: Any = await admin.create_topics(new)
        for name, code, *_ in answer.topic_errors:
            if code not in (0, TopicAlreadyExistsError.errno):
                raise ServerDownError(f"Kafka did not create {name} (its error code is {code})")
