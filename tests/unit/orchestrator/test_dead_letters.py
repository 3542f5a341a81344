"""Whatever a dead letter holds, it gets a row that PostgreSQL takes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.topics import Header
from services.orchestrator.dead_letters import dead_letter_row, readable_event_id, unprocessable_row
from tests.unit.orchestrator.fakes import FakeRecord

HEADERS = [
    (Header.ORIGINAL_TOPIC, b"webhooks.stripe.charge"),
    (Header.ORIGINAL_PARTITION, b"1"),
    (Header.ORIGINAL_OFFSET, b"1234"),
    (Header.ERROR_CLASS, b"NormalizationError"),
    (Header.ERROR_MESSAGE, b"data.object.currency is required"),
    (Header.STAGE, b"normalize"),
    (Header.FIRST_SEEN, b"2026-11-23T10:00:00+00:00"),
]


def test_the_headers_tell_the_original_record_and_what_went_wrong() -> None:
    row = dead_letter_row(FakeRecord(b'{"id": "evt_9"}', HEADERS))

    assert row["quarantine_id"] == "webhooks.stripe.charge:1:1234"
    assert row["event_id"] == "stripe:evt_9"
    assert row["reason"] == "data.object.currency is required"
    assert row["errors"] == [{"field": "NormalizationError", "message": "data.object.currency is required"}]
    assert (row["stage"], row["source_topic"]) == ("normalize", "webhooks.stripe.charge")
    assert (row["source_partition"], row["source_offset"]) == (1, 1234)
    assert row["first_seen_at"] == datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (Header.ORIGINAL_TOPIC, b""),
        (Header.ORIGINAL_TOPIC, b"a\x00b"),
        (Header.ORIGINAL_TOPIC, b"t" * 250),
        (Header.ORIGINAL_PARTITION, b"-1"),
        (Header.ORIGINAL_PARTITION, b"2147483648"),
        (Header.ORIGINAL_OFFSET, b"9" * 5_000),
        (Header.ORIGINAL_OFFSET, "٣".encode()),
        (Header.ORIGINAL_OFFSET, b"\xff"),
    ],
)
def test_where_the_headers_cannot_be_read_the_dead_letter_itself_is_the_source(name: str, value: bytes) -> None:
    row = dead_letter_row(FakeRecord(b"{}", [*HEADERS, (name, value)]))
    assert row["quarantine_id"] == "some.topic:2:41"


@pytest.mark.parametrize("moment", [b"", b"yesterday", b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59"])
def test_a_moment_that_cannot_be_kept_is_replaced_by_the_time_of_the_dead_letter(moment: bytes) -> None:
    row = dead_letter_row(FakeRecord(b"{}", [*HEADERS, (Header.FIRST_SEEN, moment)]))
    assert row["first_seen_at"] == datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_record_from_beyond_the_calendar_has_no_time() -> None:
    assert dead_letter_row(FakeRecord(b"{}", timestamp=2**62))["first_seen_at"] is None


def test_without_any_header_there_is_still_a_row() -> None:
    row = dead_letter_row(FakeRecord(None))

    assert row["quarantine_id"] == "some.topic:2:41"
    assert (row["payload"], row["reason"], row["stage"], row["event_id"]) == ("", "unknown", "unknown", None)
    assert row["first_seen_at"] == datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "payload",
    [b"", b"no json", b"[]", b"null", b"{}", b'{"id": 7}', b'{"id": ""}', b"[" * 100_000, b'{"n": ' + b"9" * 9_999],
)
def test_an_id_that_cannot_be_read_is_null(payload: bytes) -> None:
    assert readable_event_id(payload, "id") is None


def test_an_id_is_read_beside_bytes_that_are_no_text() -> None:
    assert readable_event_id(b'{"id": "evt_1", "note": "\xff"}', "id") == "stripe:evt_1"


def test_nul_characters_are_removed_from_payload_and_id() -> None:
    assert dead_letter_row(FakeRecord(b"a\x00b", HEADERS))["payload"] == "ab"
    assert dead_letter_row(FakeRecord(b'{"id": "evt_\\u00001\\ud800"}', HEADERS))["event_id"] == "stripe:evt_1?"


def test_a_record_that_is_no_unified_event_keeps_its_own_coordinates() -> None:
    row = unprocessable_row(FakeRecord(b'{"event_id": "stripe:evt_3"}'), ValueError("missing field"))

    assert (row["quarantine_id"], row["event_id"]) == ("some.topic:2:41", "stripe:evt_3")
    assert (row["reason"], row["stage"]) == ("missing field", "orchestrate")


@given(
    payload=st.binary(),
    headers=st.lists(st.tuples(st.sampled_from([name for name, _ in HEADERS]), st.binary())),
)
def test_any_bytes_become_text_that_postgresql_takes(payload: bytes, headers: list[tuple[str, bytes]]) -> None:
    row = dead_letter_row(FakeRecord(payload, headers))

    texts = [value for value in row.values() if isinstance(value, str)]
    texts += [text for error in row["errors"] for text in error.values()]
    assert not any("\x00" in text for text in texts)
    assert all(text.encode() is not None for text in texts)
