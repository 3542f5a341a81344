import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.journey.adapters.kafka import event_id_in


def test_a_webhooks_body_is_known_by_stripes_id() -> None:
    assert event_id_in(b'{"id": "evt_1", "object": "event"}') == "stripe:evt_1"


def test_a_normalized_event_is_known_by_its_event_id() -> None:
    assert event_id_in(b'{"id": "something else", "event_id": "stripe:evt_1"}') == "stripe:evt_1"


@pytest.mark.parametrize(
    "dead_letter",
    [
        None,
        b"",
        b"not json",
        b"[]",
        b"null",
        b'"x"',
        b"{}",
        b'{"id": 7}',
        b'{"id": ""}',
        b'{"id": "\xff"}',
        b"[" * 100_000,
    ],
    ids=["none", "empty", "text", "list", "null", "string", "object", "number", "blank", "not utf-8", "deep"],
)
def test_a_dead_letter_without_an_id_has_none(dead_letter: bytes | None) -> None:
    assert event_id_in(dead_letter) is None


@given(st.binary())
def test_no_bytes_whatever_make_the_search_fail(value: bytes) -> None:
    event_id_in(value)


@given(st.text(min_size=1).filter(lambda text: ":" not in text))
def test_any_id_is_read_back(provider_id: str) -> None:
    assert event_id_in(msgspec.json.encode({"id": provider_id})) == f"stripe:{provider_id}"
