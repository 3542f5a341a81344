"""Keys, partitions and order: writing events under a learner's keys and looking where they are."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.structs import ConsumerRecord

from labkit.errors import WrongAnswerError
from labkit.labs.normalizer import payments
from labkit.servers import own_topics
from labkit.servers.quiet import quiet
from services.contracts.settings import Kafka
from services.simulator.events import StripeEvent

ORDERS: Final = "lab03.orders"
PARTITIONS: Final = 3

Key = Callable[[StripeEvent], Any]


def mistake(key: Key) -> str | None:
    """Return what is wrong with the keys themselves, None if nothing is. What `key` raises goes through."""
    events = payments.interleaved()
    keys = [key(event) for event in events]
    by_payment: Mapping[str, set[object]] = defaultdict(set)
    for event, found in zip(events, keys, strict=True):
        if found is None:
            return "`key` returned None: a record without a key goes to any partition, and order is lost"
        if not isinstance(found, bytes):
            return f"`key` returned a {type(found).__name__}; to Kafka a key is `bytes`"
        by_payment[payments.intent_of(event)].add(found)
    if len(set(keys)) == 1:
        return "all records have the same key, so one partition gets everything and the others nothing"
    if len(set(keys)) == len(events):
        return "no two records have the same key; those of one payment must"
    if any(len(found) > 1 for found in by_payment.values()):
        return "the intent, the charge and the refund of one payment have different keys; what do they all carry?"
    return None


def write(key: Key) -> Sequence[ConsumerRecord[bytes, bytes]]:
    """Renew the topic, write all events under these keys, and return the records.

    Raises:
        WrongAnswerError: with such keys there is nothing to be seen.
        ServerDownError: Kafka does not answer.
    """
    if wrong := mistake(key):
        raise WrongAnswerError(wrong)
    own_topics.renew({ORDERS: PARTITIONS})

    async def produce() -> None:
        async with AIOKafkaProducer(bootstrap_servers=Kafka().bootstrap_servers, acks="all") as producer:
            for event in payments.interleaved():
                await producer.send_and_wait(ORDERS, msgspec.json.encode(event), key(event))

    with quiet(), ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(asyncio.run, produce()).result()
    return own_topics.everything([ORDERS])


def partitions_of(records: Sequence[ConsumerRecord[bytes, bytes]]) -> Mapping[str, Mapping[int, list[str]]]:
    """Return, by payment and partition, the types of its events in the order in which they are read."""
    found: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        event = msgspec.json.decode(record.value or b"null")
        found[payments.intent_of(event)][record.partition].append(event["type"])
    return found
