"""The headers of a dead letter: what went wrong, for the how-manieth time, with which original record."""

from datetime import UTC, datetime
from typing import Final

from services.contracts.topics import Header
from services.normalizer.records import Headers, Incoming

STAGE: Final = "normalize"
MAX_MESSAGE_LENGTH: Final = 500
MAX_KEY_BYTES: Final = 1024
"""The record keeps its whole key; the header's copy is cut, so that a dead letter is never too large for Kafka."""

MAX_DIGITS: Final = 19  # of an offset, a 64-bit integer
MAX_ATTEMPTS: Final = 10**6


def dead_letter_headers(record: Incoming, error_class: str, message: str, now: datetime) -> Headers:
    """Return the headers to produce with the record's own key and bytes.

    A record that was replayed carries the position that it first had, and keeps it: that is a dead letter's identity,
    so however often it comes back, quarantine has one row of it. Headers that are not about dead letters travel on.
    """
    before = {name: value for name, value in record.headers if value}
    ours = {
        **(_first_position(before) or _position(record)),
        Header.ERROR_CLASS: error_class.encode(),
        Header.ERROR_MESSAGE: message[:MAX_MESSAGE_LENGTH].encode(errors="replace"),
        Header.STAGE: STAGE.encode(),
        Header.ATTEMPTS: b"%d" % (_attempts(before) + 1),
        Header.FIRST_SEEN: _first_seen(before) or _written_at(record, now),
    }
    return [*((name, value) for name, value in record.headers if name not in ours), *ours.items()]


def _position(record: Incoming) -> dict[str, bytes]:
    return {
        Header.ORIGINAL_TOPIC: record.topic.encode(),
        Header.ORIGINAL_PARTITION: b"%d" % record.partition,
        Header.ORIGINAL_OFFSET: b"%d" % record.offset,
        Header.ORIGINAL_KEY: (record.key or b"")[:MAX_KEY_BYTES],
    }


def _first_position(before: dict[str, bytes]) -> dict[str, bytes] | None:
    """Return the headers of an earlier dead letter; None if there are none, or they name no position."""
    topic, partition, offset = (
        before.get(name, b"") for name in (Header.ORIGINAL_TOPIC, Header.ORIGINAL_PARTITION, Header.ORIGINAL_OFFSET)
    )
    if not (topic and _is_number(partition) and _is_number(offset)):
        return None
    return {
        Header.ORIGINAL_TOPIC: topic,
        Header.ORIGINAL_PARTITION: partition,
        Header.ORIGINAL_OFFSET: offset,
        Header.ORIGINAL_KEY: before.get(Header.ORIGINAL_KEY, b""),
    }


def _attempts(before: dict[str, bytes]) -> int:
    digits = before.get(Header.ATTEMPTS, b"")
    return min(int(digits), MAX_ATTEMPTS) if _is_number(digits) else 0


def _is_number(digits: bytes) -> bool:
    return digits.isdigit() and len(digits) <= MAX_DIGITS


def _first_seen(before: dict[str, bytes]) -> bytes | None:
    seen = before.get(Header.FIRST_SEEN, b"")
    try:
        datetime.fromisoformat(seen.decode())
    except ValueError:
        return None
    return seen


def _written_at(record: Incoming, now: datetime) -> bytes:
    written = datetime.fromtimestamp(record.timestamp / 1000, UTC) if record.timestamp > 0 else now
    return written.isoformat().encode()
