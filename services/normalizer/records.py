"""The two kinds of Kafka records: the one that came, and the one to produce for it."""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

Headers = list[tuple[str, bytes]]

MAX_RECORD_BYTES: Final = 2 * 1024 * 1024
"""The broker's message.max.bytes. A webhook body has at most 1 MiB; key, headers and decoding may add to that."""


class Incoming(Protocol):
    """What we read of aiokafka's ConsumerRecord; `timestamp` is in milliseconds since 1970."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Refusal(msgspec.Struct, frozen=True):
    """Why a record is dead-lettered. The reason never quotes the payload."""

    error_class: str
    reason: str


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A record to produce: a unified event, or with a refusal a dead letter.

    `event_id` is the platform's, None where a dead letter's payload has none that can be read.
    """

    topic: str
    key: bytes | None
    value: bytes
    headers: Headers
    event_id: str | None
    trace_id: str
    refusal: Refusal | None = None
