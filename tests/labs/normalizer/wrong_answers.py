"""Wrong answers that learners give in lab 03, each with the part of the message that only it must get."""

import contextlib
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from aiokafka import AIOKafkaConsumer

from services.contracts.topics import UNROUTED
from services.normalizer.errors import NormalizationError
from services.normalizer.money import ISO_EXPONENTS
from services.normalizer.text import PLACEHOLDERS
from services.simulator.events import StripeEvent

Wrong = dict[str, tuple[Callable[..., Any], str]]
Produce = Callable[[Any], Awaitable[None]]


def subject(event: StripeEvent) -> dict[str, Any]:
    found: dict[str, Any] = event["data"]["object"]
    return found


def intent(event: StripeEvent) -> str:
    return str(subject(event).get("payment_intent") or subject(event)["id"])


KEY: Wrong = {
    "nothing": (lambda _: None, "returned None"),
    "text": (intent, "returned a str"),
    "one for all": (lambda _: b"payments", "one partition gets everything"),
    "the event's id": (lambda event: event["id"].encode(), "no two records have the same key"),
    "the object's id": (lambda event: subject(event)["id"].encode(), "no two records have the same key"),
    "the charge's, where there is one": (
        lambda event: (subject(event).get("charge") or subject(event)["id"]).encode(),
        "of one payment have different keys",
    ),
    "the type": (lambda event: event["type"].encode(), "of one payment have different keys"),
    "the customer": (lambda event: subject(event)["customer"].encode(), "raised AttributeError"),
    "intents only": (lambda event: subject(event)["payment_intent"].encode(), "raised KeyError"),
}


async def commit_first(consumer: AIOKafkaConsumer, produce: Produce) -> None:
    for partition, records in (await consumer.getmany(timeout_ms=500)).items():
        await consumer.commit({partition: records[-1].offset + 1})
        for record in records:
            await produce(record)


async def commit_each_first(consumer: AIOKafkaConsumer, produce: Produce) -> None:
    for partition, records in (await consumer.getmany(timeout_ms=500)).items():
        for record in records:
            await consumer.commit({partition: record.offset + 1})
            await produce(record)


async def commit_the_last(consumer: AIOKafkaConsumer, produce: Produce) -> None:
    for partition, records in (await consumer.getmany(timeout_ms=500)).items():
        for record in records:
            await produce(record)
        await consumer.commit({partition: records[-1].offset})


async def commit_never(consumer: AIOKafkaConsumer, produce: Produce) -> None:
    for records in (await consumer.getmany(timeout_ms=500)).values():
        for record in records:
            await produce(record)


async def commit_not_awaited(consumer: AIOKafkaConsumer, produce: Produce) -> None:
    for partition, records in (await consumer.getmany(timeout_ms=500)).items():
        for record in records:
            await produce(record)
        consumer.commit({partition: records[-1].offset + 1}).close()


async def produce_not_awaited(consumer: AIOKafkaConsumer, produce: Any) -> None:  # noqa: ANN401 - closed, not awaited
    for partition, records in (await consumer.getmany(timeout_ms=500)).items():
        for record in records:
            produce(record).close()
        await consumer.commit({partition: records[-1].offset + 1})


async def go_on_regardless(consumer: AIOKafkaConsumer, produce: Produce) -> None:
    for partition, records in (await consumer.getmany(timeout_ms=500)).items():
        for record in records:
            with contextlib.suppress(Exception):
                await produce(record)
        await consumer.commit({partition: records[-1].offset + 1})


async def batch_not_awaited(consumer: Any, produce: Produce) -> None:  # noqa: ANN401 - misused on purpose
    batch = consumer.getmany(timeout_ms=500)
    try:
        for records in batch.values():
            await produce(records)
    finally:
        batch.close()


async def one_record(consumer: AIOKafkaConsumer, produce: Produce) -> None:
    await produce(await consumer.getone())


async def one_record_committed(consumer: AIOKafkaConsumer, produce: Produce) -> None:
    await produce(await consumer.getone())
    await consumer.commit()


async def for_ever(consumer: AIOKafkaConsumer, produce: Produce) -> None:
    async for record in consumer:
        await produce(record)
        await consumer.commit()


async def first_only(consumer: AIOKafkaConsumer, produce: Produce) -> None:
    for partition, records in (await consumer.getmany(timeout_ms=500)).items():
        await produce(records[0])
        await consumer.commit({partition: records[-1].offset + 1})


async def commit_each(consumer: AIOKafkaConsumer, produce: Produce) -> None:
    """`relay` by somebody in no hurry: right."""
    for partition, records in (await consumer.getmany(timeout_ms=500)).items():
        for record in records:
            await produce(record)
            await consumer.commit({partition: record.offset + 1})


async def commit_what_was_read(consumer: AIOKafkaConsumer, produce: Produce) -> None:
    """`relay` that lets the consumer say where it is: right."""
    for records in (await consumer.getmany(timeout_ms=500)).values():
        for record in records:
            await produce(record)
    await consumer.commit()


RELAY: Wrong = {
    "commit first": (commit_first, "committed before they were produced"),
    "commit each first": (commit_each_first, "committed before they were produced"),
    "off by one": (commit_the_last, "the offset of the last record"),
    "no commit": (commit_never, "committed too little"),
    "commit not awaited": (commit_not_awaited, "committed too little"),
    "produce not awaited": (produce_not_awaited, "is each `produce` awaited?"),
    "the first of each batch": (first_only, "is each `produce` awaited?"),
    "one record, never committed": (one_record, "not one record"),
    "one record at a time": (one_record_committed, "not one record"),
    "a loop without an end": (for_ever, "had not returned"),
    "errors ignored": (go_on_regardless, "committed past it"),
    "getmany not awaited": (batch_not_awaited, "`relay` raised AttributeError"),
}


def by(exponents: dict[str, int | None]) -> Callable[[int, str], Decimal]:
    def major_units(amount_cents: int, currency: str) -> Decimal:
        decimals = exponents.get(currency)
        if decimals is None:
            raise NormalizationError("data.object.currency", "is not a currency")
        return Decimal(amount_cents).scaleb(-decimals)

    return major_units


STRIPES = {**ISO_EXPONENTS, "MGA": 0, "ISK": 2, "UGX": 2}


def quoting(amount_cents: int, currency: str) -> Decimal:
    decimals = STRIPES.get(currency)
    if decimals is None:
        raise NormalizationError("currency", f"{currency} is no currency")
    return Decimal(amount_cents).scaleb(-decimals)


MAJOR_UNITS: Wrong = {
    "a float": (lambda amount, _: amount / 100, "returned a float"),
    "whole": (lambda amount, _: amount // 100, "returned a int"),
    "always 100": (lambda amount, _: Decimal(amount) / 100, "JPY has no decimals"),
    "no three": (by({**STRIPES, "KWD": 2}), "KWD has three decimals"),
    "ISO alone": (by(dict(ISO_EXPONENTS)), "MGA has two decimals in ISO 4217"),
    "no krónur": (by({**STRIPES, "ISK": 0}), "ISK has none in ISO 4217"),
    "Stripe's list of zero-decimals": (by({**STRIPES, "UGX": 0}), "UGX has none in ISO 4217"),
    "payouts": (by({**STRIPES, "HUF": 0}), "only its payouts have none"),
    "a float on the way": (
        lambda amount, currency: Decimal(amount / 10 ** (STRIPES[currency] or 0)),
        "somewhere on the way it was a float",
    ),
    "KeyError": (lambda amount, currency: Decimal(amount).scaleb(-(STRIPES[currency] or 0)), "for an unknown code"),
    "a guess": (
        lambda amount, currency: Decimal(amount).scaleb(-(STRIPES.get(currency, 2) or 0)),
        "a guess is worse",
    ),
    "the code in the message": (quoting, "the error quotes the value"),
    "lower case": (
        by({name.lower(): decimals for name, decimals in STRIPES.items()}),
        "a dollar has 100 cents",
    ),
}


def cleaned(text: str | None, nothing: frozenset[str] = PLACEHOLDERS) -> str | None:
    found = (text or "").strip()
    return None if found.lower() in nothing else found


def forgetting(text: str | None) -> None:
    cleaned(text)


CLEAN: Wrong = {
    "None": (lambda text: cleaned(text.strip()), "a field may be missing altogether"),
    "text of None": (lambda text: cleaned(text) if text else text or "", "nothing is nothing already"),
    "no return": (forgetting, "is there a `return`"),
    "white space kept": (lambda text: text if cleaned(text) else None, "white space around it"),
    "Namibia": (lambda text: cleaned(text, PLACEHOLDERS | {"na"}), "Namibia"),
    "zero": (lambda text: cleaned(text, PLACEHOLDERS | {"0"}), "a zero is something"),
    "begins with": (
        lambda text: None if (cleaned(text) or "null").lower().startswith("null") else cleaned(text),
        "begin with `null`",
    ),
    "lower case": (lambda text: (cleaned(text) or "").lower() or None, "change nothing about it"),
    "empty": (lambda text: None if text is None else cleaned(text) or "", "an empty text"),
    "only empty": (lambda text: (text or "").strip() or None, "somebody's program wrote that"),
    "capitals": (
        lambda text: None if (text or "").strip() in PLACEHOLDERS else (text or "").strip(),
        "compare in lower case",
    ),
    "compared before it was stripped": (
        lambda text: None if (text or "").lower() in PLACEHOLDERS else (text or "").strip() or None,
        "take the white space away before",
    ),
}


def changed(**fields: object) -> Callable[[StripeEvent], StripeEvent]:
    def poison(event: StripeEvent) -> StripeEvent:
        subject(event).update(fields)
        return event

    return poison


def with_another_id(event: StripeEvent) -> StripeEvent:
    return changed(currency="xqq")(event) | {"id": "evt_poison"}


def without_object(event: StripeEvent) -> StripeEvent:
    return event | {"data": {}}


POISON: Wrong = {
    "nothing returned": (lambda _: None, "returned a NoneType"),
    "text": (lambda event: json.dumps(changed(currency="xqq")(event)), "returned a str"),
    "nothing": (lambda event: event, "nothing was changed"),
    "another id": (with_another_id, "the event has another id"),
    "no object": (without_object, "the gateway itself refuses this"),
    "not a number": (changed(amount=float("nan")), "the gateway itself refuses this"),
    "another type": (lambda event: event | {"type": "customer.created"}, f"goes to {UNROUTED}"),
    "no customer": (changed(customer=None), "does not need, or mends"),
    "a capital currency": (changed(currency=" USD "), "does not need, or mends"),
    "bytes": (changed(currency=b"usd"), "written as JSON"),
}

WRONG = {"key": KEY, "relay": RELAY, "major_units": MAJOR_UNITS, "clean": CLEAN, "poison": POISON}
RIGHT = {
    "key": {"shorter": lambda event: intent(event).encode()},
    "relay": {"each": commit_each, "by position": commit_what_was_read},
    "poison": {"a float": changed(amount=15.9), "null": changed(amount=None)},
}
