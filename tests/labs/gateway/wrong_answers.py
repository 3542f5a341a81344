"""Wrong answers that learners give in lab 02, each with the part of the message that only it must get."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaProducer

from labkit.labs.gateway.topics import PREFIX
from services.contracts import topics
from services.gateway.routing import Record

from .wrong_signatures import READ_HEADER, VERIFY, first_come

Wrong = dict[str, tuple[Callable[..., Any], str]]

TWICE: Wrong = {
    "text": (lambda p: p.decode(), "returned a str"),
    "nothing": (lambda p: p, "`print(payload)`"),
    "a dict": (lambda p: json.dumps(json.loads(p) | {"amount": 1}).encode(), "`amount` stands in two objects"),
    "another amount": (lambda p: p.replace(b'"amount":4', b'"amount":9', 1), "no key stands twice"),
    "no comma": (lambda p: p.replace(b'"amount":', b'"amount":1 "amount":', 1), "no JSON any more"),
    "another key": (lambda p: p.replace(b'"currency":', b'"currency":"eur","currency":', 1), "make it `amount`"),
    "the same": (lambda p: p.replace(b'"amount":4200', b'"amount":4200,"amount":4200', 1), "both amounts are the same"),
}


def prefix(event_type: str) -> str:
    for name, topic in (
        ("payment_intent.", topics.PAYMENT_INTENT),
        ("charge.", topics.CHARGE),
        ("radar.", topics.CHARGE),
        ("refund.", topics.REFUND),
    ):
        if event_type.startswith(name):
            return topic
    return topics.UNROUTED


def right(event_type: str) -> str:
    return topics.REFUND if event_type.startswith("charge.refund.") else prefix(event_type)


ROUTE: Wrong = {
    "nothing for the others": (
        lambda t: found if (found := right(t)) != topics.UNROUTED else None,
        "returned None",
    ),
    "the constant's name": (lambda _: "PAYMENT_INTENT", "a topic that does not exist"),
    "bytes": (lambda t: right(t).encode(), "returned a bytes"),
    "the shorter prefix first": (prefix, "ask for `charge.refund.` before"),
    "refund within charge": (
        lambda t: topics.REFUND if t.startswith("charge.refund") else prefix(t),
        "with what was refunded of it",
    ),
    "dead letters": (
        lambda t: found if (found := right(t)) != topics.UNROUTED else topics.WEBHOOK_DLQ,
        "is no dead letter",
    ),
    "anywhere within": (
        lambda t: topics.REFUND if "refund." in t else prefix(t),
        "look at how a type begins",
    ),
    "no dot": (lambda t: topics.CHARGE if t.startswith("chargeb") else right(t), "a prefix ends with its dot"),
    "disputes": (lambda t: topics.UNROUTED if "dispute" in t else right(t), "a dispute belongs to its charge"),
    "warnings": (lambda t: topics.UNROUTED if "radar" in t else right(t), "a fraud warning is about a charge"),
}


def parts(record: Record) -> dict[str, Any]:
    return {"value": record.value, "key": record.key, "headers": list(record.headers)}


async def buffered(producer: AIOKafkaProducer, record: Record) -> None:
    await producer.send(record.topic, **parts(record))


async def in_the_background(producer: AIOKafkaProducer, record: Record) -> None:
    sending = asyncio.create_task(producer.send_and_wait(record.topic, **parts(record)))
    sending.add_done_callback(lambda task: task.cancelled() or task.exception())


async def never_awaited(producer: AIOKafkaProducer, record: Record) -> None:
    producer.send_and_wait(record.topic, **parts(record)).close()


async def swallowed(producer: AIOKafkaProducer, record: Record) -> None:
    with contextlib.suppress(Exception):
        await producer.send_and_wait(record.topic, **parts(record))


async def flushed(producer: AIOKafkaProducer, record: Record) -> None:
    await producer.send(record.topic, **parts(record))
    await producer.flush()


async def without_key(producer: AIOKafkaProducer, record: Record) -> None:
    await producer.send_and_wait(record.topic, value=record.value, headers=list(record.headers))


async def without_headers(producer: AIOKafkaProducer, record: Record) -> None:
    await producer.send_and_wait(record.topic, value=record.value, key=record.key)


async def as_text(producer: AIOKafkaProducer, record: Record) -> None:
    await producer.send_and_wait(record.topic, **(parts(record) | {"value": record.value.decode()}))


async def written_again(producer: AIOKafkaProducer, record: Record) -> None:
    await producer.send_and_wait(
        record.topic, **(parts(record) | {"value": json.dumps(json.loads(record.value)).encode()})
    )


async def elsewhere(producer: AIOKafkaProducer, record: Record) -> None:
    await producer.send_and_wait(PREFIX + topics.CHARGE, **parts(record))


def not_async(_producer: AIOKafkaProducer, _record: Record) -> None:
    return None


SEND: Wrong = {
    "buffered only": (buffered, "returned before Kafka had acknowledged"),
    "in the background": (in_the_background, "returned before Kafka had acknowledged"),
    "never awaited": (never_awaited, "does nothing until it is awaited"),
    "errors swallowed": (swallowed, "keeps that to itself"),
    "flush tells nothing": (flushed, "keeps that to itself"),
    "no key": (without_key, "the record has no key"),
    "no headers": (without_headers, "the record has no headers"),
    "text": (as_text, "`send` raised TypeError"),
    "written again": (written_again, "byte for byte"),
    "another topic": (elsewhere, "another topic than the record's"),
    "no async": (not_async, "cannot await"),
}

WRONG = {"read_header": READ_HEADER, "verify": VERIFY, "twice": TWICE, "route": ROUTE, "send": SEND}


async def in_two_steps(producer: AIOKafkaProducer, record: Record) -> None:
    """`send` by a learner who awaits the future."""
    await (await producer.send(record.topic, **parts(record)))


RIGHT = {"verify": {"a loop": first_come}, "send": {"the future awaited": in_two_steps}, "route": {"other": right}}
