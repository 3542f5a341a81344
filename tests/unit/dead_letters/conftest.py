from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka.structs import ConsumerRecord

from services.contracts import topics
from services.contracts.topics import Header
from stack.dead_letters.dead_letter import DeadLetter, Position

Headers = dict[str, bytes]

HEADERS: Headers = {
    "traceparent": b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01",
    Header.ORIGINAL_TOPIC: topics.CHARGE.encode(),
    Header.ORIGINAL_PARTITION: b"2",
    Header.ORIGINAL_OFFSET: b"41",
    Header.ORIGINAL_KEY: b"pi_1",
    Header.ERROR_CLASS: b"NormalizationError",
    Header.ERROR_MESSAGE: b"data.object.amount: is missing",
    Header.STAGE: b"normalize",
    Header.ATTEMPTS: b"2",
    Header.FIRST_SEEN: b"2026-11-23T12:00:00+00:00",
}


@pytest.fixture
def record() -> Callable[..., "ConsumerRecord[bytes, bytes]"]:
    """The record of a dead letter; keyword arguments are its fields, `changed` headers replace or (None) remove."""

    def build(*, changed: dict[str, bytes | None] | None = None, **fields: object) -> "ConsumerRecord[bytes, bytes]":
        headers = {name: value for name, value in (HEADERS | (changed or {})).items() if value is not None}
        given: dict[str, Any] = {
            "topic": topics.VALIDATION_DLQ, "partition": 0, "offset": 5, "timestamp": 0, "timestamp_type": 0,
            "key": b"pi_1", "value": b'{"id":"evt_1"}', "checksum": None, "serialized_key_size": 0,
            "serialized_value_size": 0, "headers": tuple(headers.items()),
        }  # fmt: skip
        return ConsumerRecord(**given | fields)

    return build


@pytest.fixture
def letter() -> Callable[..., DeadLetter]:
    """A dead letter; the number is its original offset, `at` where this attempt is."""

    def build(
        number: int,
        *,
        at: int = 0,
        error_class: str = "NormalizationError",
        topic: str = topics.CHARGE,
        dlq: str = topics.VALIDATION_DLQ,
    ) -> DeadLetter:
        return DeadLetter(
            id=Position(topic, 0, number),
            at=Position(dlq, 0, at),
            event_id=f"stripe:evt_{number}",
            error_class=error_class,
            message="m",
            stage="normalize",
            attempts=1,
            first_seen=datetime(2026, 11, 23, tzinfo=UTC),
        )

    return build
