"""A Kafka record in, a Kafka record out: where it goes and with which headers. No I/O."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb
from typing import Final, Protocol

from services.contracts.events import UnifiedEvent, encode
from services.contracts.topics import Header
from services.normalizer.errors import NormalizationError
from services.normalizer.normalization import Normalize

STAGE: Final = "normalize"
MAX_MESSAGE_LENGTH: Final = 500

Headers = Sequence[tuple[str, bytes]]


class Incoming(Protocol):
    """What we read of aiokafka's ConsumerRecord; `timestamp` is in milliseconds since 1970."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to produce; `refusal` is why it goes to the dead-letter topic, None for a unified event."""

    topic: str
    key: bytes | None
    value: bytes
    headers: Headers
    refusal: str | None = None


@dataclass(frozen=True, kw_only=True)
class Router:
    """Turns a record into the unified event for `sink`, or else into a dead letter for `dlq`. Never raises.

    Headers travel on, so that a trace does. The key does too: it is what keeps one payment's events in order.
    """

    normalize: Normalize
    platform_account_id: str
    sink: str
    dlq: str
    now: Callable[[], datetime]

    def __call__(self, record: Incoming) -> Outgoing:
        """Return the record to produce for this one."""
        now = self.now()
        try:
            value = encode(self._event(record.value, now))
        except Exception as error:  # noqa: BLE001 - a record is dead-lettered, whatever is wrong with it
            refusal = _reason(error)
            headers = _dead_letter_headers(record, type(error).__name__, refusal, now)
            return Outgoing(self.dlq, record.key, record.value or b"", headers, refusal)
        return Outgoing(self.sink, record.key, value, record.headers)

    def _event(self, value: bytes | None, now: datetime) -> UnifiedEvent:
        if value is None:
            raise NormalizationError("$", "the record has no value")
        event = self.normalize(value, platform_account_id=self.platform_account_id, normalized_at=now)
        if not isinstance(event, UnifiedEvent):
            raise TypeError(f"normalize returned {type(event).__name__} instead of UnifiedEvent")
        return event


def _reason(error: Exception) -> str:
    """Return our own errors' text; of any other error only type and place: its text may quote the payload."""
    if isinstance(error, NormalizationError):
        return str(error)[:MAX_MESSAGE_LENGTH]
    place = extract_tb(error.__traceback__)[-1]
    return f"unexpected {type(error).__name__} at {Path(place.filename).name}:{place.lineno}"


def _dead_letter_headers(record: Incoming, error_class: str, message: str, now: datetime) -> Headers:
    before = dict(record.headers)
    attempts = before.get(Header.ATTEMPTS, b"0")
    seen = datetime.fromtimestamp(record.timestamp / 1000, UTC) if record.timestamp > 0 else now
    ours = {
        Header.ORIGINAL_TOPIC: record.topic.encode(),
        Header.ORIGINAL_PARTITION: str(record.partition).encode(),
        Header.ORIGINAL_OFFSET: str(record.offset).encode(),
        Header.ORIGINAL_KEY: record.key or b"",
        Header.ERROR_CLASS: error_class.encode(),
        Header.ERROR_MESSAGE: message.encode(errors="replace"),
        Header.STAGE: STAGE.encode(),
        Header.ATTEMPTS: str(int(attempts) + 1 if attempts.isdigit() else 1).encode(),
        Header.FIRST_SEEN: before.get(Header.FIRST_SEEN) or seen.isoformat().encode(),
    }
    return [*((name, value) for name, value in record.headers if name not in ours), *ours.items()]
