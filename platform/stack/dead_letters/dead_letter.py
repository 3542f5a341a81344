"""A dead letter as its headers describe it: where it came from, what was wrong, how often it was tried."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

from aiokafka.structs import ConsumerRecord

from services.contracts import topics
from services.contracts.topics import Header
from stack.errors import StackError
from stack.journey.adapters.kafka import event_id_in

TOPICS: Final = (topics.WEBHOOK_DLQ, topics.VALIDATION_DLQ)

MAX_DIGITS: Final = 19  # of an offset, a 64-bit integer


@dataclass(frozen=True, slots=True)
class Position:
    """Where a record is. Written `topic:partition:offset`."""

    topic: str
    partition: int
    offset: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the position that a user typed. Raises StackError if it is none."""
        topic, partition, offset = (*text.rsplit(":", 2), "", "")[:3]
        if not (topic and _is_number(partition) and _is_number(offset)):
            raise StackError(
                f"{text!r} is no dead letter's id.", "`lakehouse dlq list` shows ids: topic:partition:offset."
            )
        return cls(topic, int(partition), int(offset))

    def __str__(self) -> str:
        return f"{self.topic}:{self.partition}:{self.offset}"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One dead letter, without its payload. Text comes from headers, so it may hold anything.

    Attributes:
        id: where the record was first; for what never was on another topic, where the dead letter is.
        at: where this attempt's dead letter is.
        event_id: the platform's, None if it cannot be read from the payload.
        attempts: how often it was tried, from 1.
        first_seen: when its record was first written, aware; None if the headers do not tell.
    """

    id: Position
    at: Position
    event_id: str | None
    error_class: str
    message: str
    stage: str
    attempts: int
    first_seen: datetime | None

    @classmethod
    def of(cls, record: "ConsumerRecord[bytes, bytes]") -> Self:
        """Read the record of a dead letter. Lenient throughout: whatever it holds, it is one."""
        headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
        at = Position(record.topic, record.partition, record.offset)
        attempts = headers.get(Header.ATTEMPTS, "")
        return cls(
            id=_original(headers) or at,
            at=at,
            event_id=event_id_in(record.value),
            error_class=headers.get(Header.ERROR_CLASS) or "unknown",
            message=headers.get(Header.ERROR_MESSAGE, ""),
            stage=headers.get(Header.STAGE) or "unknown",
            attempts=int(attempts) if _is_number(attempts) else 1,
            first_seen=_moment(headers.get(Header.FIRST_SEEN, "")),
        )


def _original(headers: dict[str, str]) -> Position | None:
    topic = headers.get(Header.ORIGINAL_TOPIC, "")
    partition, offset = headers.get(Header.ORIGINAL_PARTITION, ""), headers.get(Header.ORIGINAL_OFFSET, "")
    if not (topic and _is_number(partition) and _is_number(offset)):
        return None
    return Position(topic, int(partition), int(offset))


def _is_number(digits: str) -> bool:
    return digits.isascii() and digits.isdecimal() and len(digits) <= MAX_DIGITS


def _moment(iso: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
