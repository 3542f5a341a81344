"""The check of `send`: a real gateway, a real Kafka, and a cable between them that is pulled."""

import httpx
import msgspec
from aiokafka.structs import ConsumerRecord

from labkit.attempt import Attempt
from labkit.errors import LabError, WrongAnswerError
from labkit.labs.gateway import sending, topics
from labkit.labs.gateway.sending import Watched
from labkit.labs.preflight import shop
from labkit.servers.gateway import Answer
from labkit.servers.topics import Offsets
from labkit.spec import Passed


def send(attempt: Attempt) -> Passed:
    """Post an event, pull the cable, post another, put the cable back, post that one again."""
    first, second = (msgspec.json.encode(shop.order()) for _ in range(2))
    written = attempt.written()
    watched = Watched(written)
    before = topics.here()
    with sending.by_cable(watched) as (own, cable):
        connected = own.post(first, None)
        watched.complain()
        arrived = _arrived(before, first, connected)
        cable.pull()
        unplugged = own.post(second, None)
        watched.complain()
        if unplugged.status == httpx.codes.OK:
            raise WrongAnswerError(
                "with the cable pulled, the gateway answered 200 for an event that Kafka does not have: "
                "your `send` returned before Kafka had acknowledged. Stripe will never send this one again",
            )
        cable.put_back()
        again = own.post(second, None)
    if sending.swallows(written):
        raise WrongAnswerError(
            "when Kafka refuses a record, your `send` keeps that to itself, and the gateway answers 200: "
            "await the acknowledgement itself, and let its exception pass",
        )
    rescued = [record for record in topics.since(before) if record.value == second]
    if again.status != httpx.codes.OK or not rescued:
        raise LabError(f"with the cable back in, the event was sent again, and the gateway answered {again}")
    return Passed(
        "200 only when Kafka had it, 503 when it had not; sent again, it is there",
        {
            "cable in": f"{connected}; {topics.place(arrived)}",
            "cable pulled": str(unplugged),
            "back in, sent again": f"{again}; {topics.place(rescued[0])}",
        },
    )


def _arrived(before: Offsets, body: bytes, answer: Answer) -> ConsumerRecord[bytes, bytes]:
    """Return the record of an event that was accepted, whole."""
    if answer.status != httpx.codes.OK:
        raise LabError(f"Kafka could be reached, but the gateway answered {answer}")
    found = topics.since(before)
    if not found:
        raise WrongAnswerError(
            "the gateway answered 200, and none of its topics has a new record: "
            "a coroutine does nothing until it is awaited",
        )
    [record] = found
    if record.value != body:
        raise WrongAnswerError("the record's value is not the body, byte for byte: send `record.value`")
    if record.key is None:
        message = "the record has no key, so one payment's events would be spread over partitions: send `record.key`"
        raise WrongAnswerError(message)
    if not record.headers:
        message = "the record has no headers, and with them its trace is lost: send `headers=list(record.headers)`"
        raise WrongAnswerError(message)
    return record
