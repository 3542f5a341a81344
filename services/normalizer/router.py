"""A Kafka record in, a Kafka record out: where it goes and with which headers. No I/O, and no exceptions."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from traceback import extract_tb
from typing import Any, Final

import msgspec

from services.contracts import events, tracing
from services.contracts.events import UnifiedEvent
from services.normalizer.dead_letter import dead_letter_headers
from services.normalizer.errors import NormalizationError
from services.normalizer.normalization import Normalize
from services.normalizer.records import MAX_RECORD_BYTES, Headers, Incoming, Outgoing, Refusal

HEADROOM_BYTES: Final = 16 * 1024
"""Room that a record needs beside its key and value: headers, and the batch around it."""

GATEWAYS_TRACE: Final = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


class _Identified(msgspec.Struct):
    id: Any = None


_identified: Final = msgspec.json.Decoder(_Identified)


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
        trace_id, headers = _traced(record)
        try:
            event = self._event(record.value, now)
            value = _encoded(event, record.key)
        except Exception as error:  # noqa: BLE001 - a record is dead-lettered, whatever is wrong with it
            return self._dead_letter(record, _refusal(error), trace_id, now)
        return Outgoing(
            topic=self.sink, key=record.key, value=value, headers=headers, event_id=event.event_id, trace_id=trace_id
        )

    def _event(self, value: bytes | None, now: datetime) -> UnifiedEvent:
        if value is None:
            raise NormalizationError("$", "the record has no value")
        event = self.normalize(value, platform_account_id=self.platform_account_id, normalized_at=now)
        if not isinstance(event, UnifiedEvent):
            raise TypeError(f"normalize returned {type(event).__name__} instead of UnifiedEvent")
        return event

    def _dead_letter(self, record: Incoming, refusal: Refusal, trace_id: str, now: datetime) -> Outgoing:
        return Outgoing(
            topic=self.dlq,
            key=record.key,
            value=record.value or b"",
            headers=dead_letter_headers(record, refusal.error_class, refusal.reason, now),
            event_id=_readable_event_id(record.value or b""),
            trace_id=trace_id,
            refusal=refusal,
        )


def _traced(record: Incoming) -> tuple[str, Headers]:
    """Return the trace's id and the headers; a record that brings no trace gets one, for the hops to come."""
    headers = list(record.headers)
    for name, value in headers:
        # The general way takes ten times as long, and nearly every record comes from our own gateway.
        if name == tracing.HEADER and value and GATEWAYS_TRACE.fullmatch(value):
            return value[3:35].decode(), headers
    traceparent = tracing.continued(headers)
    others = [header for header in headers if header[0] != tracing.HEADER]
    return tracing.trace_id(traceparent), [*others, (tracing.HEADER, traceparent.encode())]


def _encoded(event: UnifiedEvent, key: bytes | None) -> bytes:
    value = events.encode(event)
    if len(value) + len(key or b"") > MAX_RECORD_BYTES - HEADROOM_BYTES:
        raise NormalizationError("$", "is larger than a Kafka record may be once it is normalised")
    return value


def _refusal(error: Exception) -> Refusal:
    """Return our own errors' text; of any other error only type and place: its text may quote the payload."""
    if isinstance(error, NormalizationError):
        return Refusal(type(error).__name__, str(error))
    place = extract_tb(error.__traceback__)[-1]
    name = type(error).__name__
    return Refusal(name, f"unexpected {name} at {Path(place.filename).name}:{place.lineno}")


def _readable_event_id(value: bytes) -> str | None:
    try:
        found = _identified.decode(value).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return events.event_id(found) if isinstance(found, str) and found else None
