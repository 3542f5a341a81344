"""What is read off a record that nobody could process. Lenient throughout: whatever it holds, it gets a row."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

from services.contracts.events import event_id
from services.contracts.topics import Header
from services.orchestrator.messages import Source, Violation
from services.orchestrator.rows import STAGE, Row, quarantine_row

TOPIC: Final = re.compile(r"[a-zA-Z0-9._-]{1,249}")  # as Kafka has it: it becomes part of an indexed column
MAX_PARTITION: Final = 2**31 - 1
MAX_OFFSET: Final = 2**63 - 1


class Record(Protocol):
    """What we read of aiokafka's ConsumerRecord; `timestamp` is in milliseconds since 1970."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


def source_of(record: Record) -> Source:
    """Return where the record itself is."""
    return Source(record.topic, record.partition, record.offset)


def dead_letter_row(record: Record) -> Row:
    """Return the quarantine row of a dead letter; its headers tell what went wrong with which original record."""
    headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    error_class = headers.get(Header.ERROR_CLASS) or "unknown"
    message = headers.get(Header.ERROR_MESSAGE) or error_class
    payload = record.value or b""
    return quarantine_row(
        _original(headers) or source_of(record),
        event_id=readable_event_id(payload, "id"),
        payload=payload,
        reason=message,
        violations=[Violation(error_class, message)],
        stage=headers.get(Header.STAGE) or "unknown",
        first_seen_at=_moment(headers.get(Header.FIRST_SEEN)) or _written_at(record),
    )


def unprocessable_row(record: Record, error: Exception) -> Row:
    """Return the quarantine row of a record that should have been a unified event, or cannot become a workflow."""
    payload = record.value or b""
    return quarantine_row(
        source_of(record),
        event_id=readable_event_id(payload, "event_id"),
        payload=payload,
        reason=str(error),
        violations=[Violation(type(error).__name__, str(error))],
        stage=STAGE,
        first_seen_at=_written_at(record),
    )


def readable_event_id(payload: bytes, key: str) -> str | None:
    """Return the platform's id of the event in the payload, if it can be read under that key."""
    try:
        event = json.loads(payload.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None
    found = event.get(key) if isinstance(event, dict) else None
    return event_id(found) if isinstance(found, str) and found else None


def _original(headers: dict[str, str]) -> Source | None:
    topic = headers.get(Header.ORIGINAL_TOPIC, "")
    partition = _number(headers.get(Header.ORIGINAL_PARTITION), MAX_PARTITION)
    offset = _number(headers.get(Header.ORIGINAL_OFFSET), MAX_OFFSET)
    if not TOPIC.fullmatch(topic) or partition is None or offset is None:
        return None
    return Source(topic, partition, offset)


def _number(digits: str | None, largest: int) -> int | None:
    if digits is None or not digits.isascii() or not digits.isdecimal() or len(digits) > len(str(largest)):
        return None
    return int(digits) if int(digits) <= largest else None


def _moment(iso: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(iso or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _written_at(record: Record) -> datetime | None:
    try:
        return datetime.fromtimestamp(record.timestamp / 1000, UTC) if record.timestamp > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
