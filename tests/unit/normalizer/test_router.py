from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts import tracing
from services.contracts.events import UnifiedEvent, decode
from services.contracts.topics import Header
from services.normalizer.normalization import Normalize, normalize
from services.normalizer.records import MAX_RECORD_BYTES, Outgoing, Refusal
from services.normalizer.router import Router

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TRACE = tracing.begin().encode()


@dataclass
class Record:
    value: bytes | None
    topic: str = "webhooks.stripe.charge"
    partition: int = 2
    offset: int = 41
    timestamp: int = 1_763_900_000_000
    key: bytes | None = b"pi_1"
    headers: tuple[tuple[str, bytes], ...] = ((tracing.HEADER, TRACE),)


def route(record: Record, normalize: Normalize = normalize) -> Outgoing:
    router = Router(normalize=normalize, platform_account_id="acct_p", sink="sink", dlq="dlq", now=lambda: NOW)
    return router(record)


def test_a_good_event_goes_to_the_sink_with_its_key_and_headers(body: Callable[..., bytes]) -> None:
    outgoing = route(Record(body()))
    assert (outgoing.topic, outgoing.key, outgoing.refusal) == ("sink", b"pi_1", None)
    assert outgoing.headers == [(tracing.HEADER, TRACE)]
    assert (outgoing.event_id, outgoing.trace_id) == ("stripe:evt_1", tracing.trace_id(TRACE.decode()))
    assert decode(outgoing.value).normalized_at == NOW


def test_headers_are_a_list_as_the_kafka_client_needs_them(body: Callable[..., bytes]) -> None:
    assert type(route(Record(body())).headers) is list
    assert type(route(Record(b"")).headers) is list


@pytest.mark.parametrize("headers", [(), ((tracing.HEADER, b""),), ((tracing.HEADER, b"00-" + b"0" * 32 + b"-1-01"),)])
def test_a_record_without_a_valid_trace_begins_one_for_the_hops_to_come(
    body: Callable[..., bytes], headers: tuple[tuple[str, bytes], ...]
) -> None:
    outgoing = route(Record(body(), headers=headers))
    ((name, value),) = outgoing.headers
    assert name == tracing.HEADER
    assert tracing.continued([(name, value)]) == value.decode()
    assert outgoing.trace_id == tracing.trace_id(value.decode())


def test_a_trace_of_a_later_version_of_the_standard_is_continued_too(body: Callable[..., bytes]) -> None:
    traceparent = b"01-" + TRACE[3:] + b"-more"
    outgoing = route(Record(body(), headers=((tracing.HEADER, traceparent),)))
    assert outgoing.headers == [(tracing.HEADER, traceparent)]
    assert outgoing.trace_id == TRACE[3:35].decode()


def test_a_bad_event_goes_to_the_dlq_with_its_bytes_and_its_history(body: Callable[..., bytes]) -> None:
    raw = body(amount=15.9)
    outgoing = route(Record(raw))
    assert (outgoing.topic, outgoing.key, outgoing.value) == ("dlq", b"pi_1", raw)
    assert outgoing.refusal == Refusal("NormalizationError", "data.object.amount: Expected `int`, got `float`")
    assert outgoing.event_id == "stripe:evt_1"
    assert dict(outgoing.headers) == {
        tracing.HEADER: TRACE,
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


REPLAYED = (
    (tracing.HEADER, TRACE),
    (Header.ORIGINAL_TOPIC, b"webhooks.stripe.charge"),
    (Header.ORIGINAL_PARTITION, b"0"),
    (Header.ORIGINAL_OFFSET, b"7"),
    (Header.ORIGINAL_KEY, b"pi_1"),
    (Header.ATTEMPTS, b"2"),
    (Header.FIRST_SEEN, b"2026-01-01T00:00:00+00:00"),
)


def test_a_replayed_record_keeps_its_first_position_and_time_and_counts_its_attempts() -> None:
    headers = route(Record(b"[]", headers=REPLAYED)).headers
    kept = dict(headers)
    assert len(headers) == len(kept)
    assert {name: kept[name] for name, _ in REPLAYED} == dict(REPLAYED) | {Header.ATTEMPTS: b"3"}
    assert kept[Header.ERROR_CLASS] == b"NormalizationError"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (Header.ORIGINAL_TOPIC, b""),
        (Header.ORIGINAL_PARTITION, b""),
        (Header.ORIGINAL_PARTITION, b"-1"),
        (Header.ORIGINAL_OFFSET, b"x"),
        (Header.ORIGINAL_OFFSET, b"9" * 20),
    ],
)
def test_a_first_position_that_is_none_is_replaced_by_the_records_own(name: str, value: bytes) -> None:
    broken = dict(REPLAYED) | {name: value}
    kept = dict(route(Record(b"[]", headers=tuple(broken.items()))).headers)
    assert kept[Header.ORIGINAL_TOPIC] == b"webhooks.stripe.charge"
    assert (kept[Header.ORIGINAL_PARTITION], kept[Header.ORIGINAL_OFFSET]) == (b"2", b"41")


header_values = st.binary(max_size=40)
headers_of_anything = st.lists(
    st.tuples(
        st.sampled_from([name for name in vars(Header).values() if isinstance(name, str)] + [tracing.HEADER, "x"]),
        header_values,
    ),
    max_size=6,
)


@given(st.binary(max_size=50), headers_of_anything)
def test_whatever_the_headers_hold_a_record_is_dead_lettered_with_a_readable_identity(
    value: bytes, headers: list[tuple[str, bytes]]
) -> None:
    outgoing = route(Record(value, headers=tuple(headers)))
    kept = dict(outgoing.headers)
    assert outgoing.topic == "dlq"
    assert int(kept[Header.ORIGINAL_PARTITION]) >= 0
    assert int(kept[Header.ORIGINAL_OFFSET]) >= 0
    assert int(kept[Header.ATTEMPTS]) >= 1
    assert datetime.fromisoformat(kept[Header.FIRST_SEEN].decode())
    assert len(outgoing.trace_id) == 32


@pytest.mark.parametrize("record", [Record(None), Record(b""), Record(b"{}", key=None), Record(b"{}", timestamp=-1)])
def test_a_record_without_the_usual_parts_is_dead_lettered_too(record: Record) -> None:
    outgoing = route(record)
    assert (outgoing.topic, outgoing.value) == ("dlq", record.value or b"")


def test_a_dead_letter_never_outgrows_kafka_by_the_copy_of_its_key() -> None:
    outgoing = route(Record(b"[]", key=b"k" * 1_000_000))
    assert outgoing.key == b"k" * 1_000_000
    assert sum(len(value) for _, value in outgoing.headers) < 10_000


def test_an_event_that_grows_beyond_what_kafka_takes_is_dead_lettered_instead_of_stopping_everything(
    body: Callable[..., bytes],
) -> None:
    dense = body(metadata={"numbers": []}).replace(b"[]", b"[" + b",".join([b"1e15"] * 150_000) + b"]")
    assert len(dense) < 1024 * 1024 < MAX_RECORD_BYTES
    outgoing = route(Record(dense))
    assert outgoing.topic == "dlq"
    assert outgoing.refusal is not None
    assert outgoing.refusal.reason.startswith("$: is larger than a Kafka record")


def test_an_unexpected_error_is_dead_lettered_by_type_and_place_without_its_text() -> None:
    def broken(raw: bytes, **_: object) -> UnifiedEvent:
        raise ZeroDivisionError(raw.decode())

    outgoing = route(Record(b"4242"), broken)
    assert outgoing.topic == "dlq"
    assert dict(outgoing.headers)[Header.ERROR_CLASS] == b"ZeroDivisionError"
    assert outgoing.refusal is not None
    assert outgoing.refusal.reason.startswith("unexpected ZeroDivisionError at test_router.py:")
    assert "4242" not in outgoing.refusal.reason


def test_a_normalize_that_returns_no_unified_event_is_found_out() -> None:
    outgoing = route(Record(b"{}"), lambda _raw, **_: None)
    assert (outgoing.topic, dict(outgoing.headers)[Header.ERROR_CLASS]) == ("dlq", b"TypeError")


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"id": 5}', b'{"id": ""}', b"\xff", b'{"id":"\xff"}', b"[" * 100_000])
def test_a_dead_letter_without_a_readable_event_id_has_none(raw: bytes) -> None:
    assert route(Record(raw)).event_id is None
