from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from services.contracts.events import UnifiedEvent, decode
from services.contracts.topics import Header
from services.normalizer.normalization import Normalize, normalize
from services.normalizer.records import Outgoing, Router

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass
class Record:
    value: bytes | None
    topic: str = "webhooks.stripe.charge"
    partition: int = 2
    offset: int = 41
    timestamp: int = 1_763_900_000_000
    key: bytes | None = b"pi_1"
    headers: list[tuple[str, bytes]] = field(default_factory=list)


def route(record: Record, normalize: Normalize = normalize) -> Outgoing:
    router = Router(normalize=normalize, platform_account_id="acct_p", sink="sink", dlq="dlq", now=lambda: NOW)
    return router(record)


def test_a_good_event_goes_to_the_sink_with_its_key_and_headers(body: Callable[..., bytes]) -> None:
    outgoing = route(Record(body(), headers=[("traceparent", b"00-1")]))
    assert (outgoing.topic, outgoing.key, outgoing.refusal) == ("sink", b"pi_1", None)
    assert outgoing.headers == [("traceparent", b"00-1")]
    assert decode(outgoing.value).normalized_at == NOW


def test_a_bad_event_goes_to_the_dlq_with_its_bytes_and_its_history(body: Callable[..., bytes]) -> None:
    raw = body(amount=15.9)
    outgoing = route(Record(raw, headers=[("traceparent", b"00-1")]))
    assert (outgoing.topic, outgoing.key, outgoing.value) == ("dlq", b"pi_1", raw)
    assert dict(outgoing.headers) == {
        "traceparent": b"00-1",
        Header.ORIGINAL_TOPIC: b"webhooks.stripe.charge",
        Header.ORIGINAL_PARTITION: b"2",
        Header.ORIGINAL_OFFSET: b"41",
        Header.ORIGINAL_KEY: b"pi_1",
        Header.ERROR_CLASS: b"NormalizationError",
        Header.ERROR_MESSAGE: b"data.object.amount: Expected `int`, got `float`",
        Header.STAGE: b"normalize",
        Header.ATTEMPTS: b"1",
        Header.FIRST_SEEN: b"2025-11-23T12:13:20+00:00",
    }


def test_a_replayed_record_keeps_its_first_seen_time_and_counts_its_attempts() -> None:
    replayed = [(Header.ATTEMPTS, b"2"), (Header.FIRST_SEEN, b"2026-01-01T00:00:00+00:00")]
    headers = route(Record(b"[]", headers=replayed)).headers
    assert dict(headers)[Header.ATTEMPTS] == b"3"
    assert dict(headers)[Header.FIRST_SEEN] == b"2026-01-01T00:00:00+00:00"
    assert len(headers) == len(dict(headers))


@pytest.mark.parametrize("record", [Record(None), Record(b""), Record(b"{}", key=None), Record(b"{}", timestamp=-1)])
def test_a_record_without_the_usual_parts_is_dead_lettered_too(record: Record) -> None:
    outgoing = route(record)
    assert (outgoing.topic, outgoing.value) == ("dlq", record.value or b"")


def test_an_unexpected_error_is_dead_lettered_by_type_and_place_without_its_text() -> None:
    def broken(raw: bytes, **_: object) -> UnifiedEvent:
        raise ZeroDivisionError(raw.decode())

    outgoing = route(Record(b"4242"), broken)
    assert outgoing.topic == "dlq"
    assert dict(outgoing.headers)[Header.ERROR_CLASS] == b"ZeroDivisionError"
    assert outgoing.refusal is not None
    assert outgoing.refusal.startswith("unexpected ZeroDivisionError at test_records.py:")
    assert "4242" not in outgoing.refusal


def test_a_normalize_that_returns_no_unified_event_is_found_out() -> None:
    outgoing = route(Record(b"{}"), lambda _raw, **_: None)
    assert (outgoing.topic, dict(outgoing.headers)[Header.ERROR_CLASS]) == ("dlq", b"TypeError")
