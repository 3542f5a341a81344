import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.errors import EventError
from services.gateway.strict_json import MAX_DEPTH, decode

REFUSED = {
    "nothing": (b"", "not JSON"),
    "not JSON": (b"hello", "not JSON"),
    "cut off": (b'{"a": 1', "not JSON"),
    "two values": (b"{} {}", "not JSON"),
    "single quotes": (b"{'a': 1}", "not JSON"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "not JSON"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
    "Latin-1": (b'{"a": "\xe9"}', "not UTF-8"),
    "half a character": (b'{"a": "\\ud800"}', "not UTF-8"),
    "half a character as key": (b'{"\\udc00": 1}', "not UTF-8"),
    "NaN": (b'{"a": NaN}', "NaN"),
    "infinity": (b"[Infinity]", "Infinity"),
    "minus infinity": (b"[-Infinity]", "Infinity"),
    "2 to the 63": (b'{"a": 9223372036854775808}', "64 bits"),
    "below the least": (b'{"a": -9223372036854775809}', "64 bits"),
    "30 digits": (b'{"a": 123456789012345678901234567890}', "64 bits"),
    "5 000 digits": (b"9" * 5000, "64 bits"),
    "1e999": (b"[1e999]", "64 bits"),
    "the same key twice": (b'{"a": 1, "a": 1}', "same key twice"),
    "the same key twice, deep": (b'[{"b": {"a": 1, "\\u0061": 2}}]', "same key twice"),
    "one level too deep": (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "deeper"),
    "100 000 levels": (b"[" * 100_000 + b"]" * 100_000, "deeper"),
    "100 000 levels of objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deeper"),
}


@pytest.mark.parametrize(("body", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_readers_could_read_differently_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(EventError, match=reason):
        decode(body)


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0])
def test_64_bit_integers_are_taken(number: int) -> None:
    assert decode(b"%d" % number) == number


def test_the_deepest_allowed_nesting_is_taken() -> None:
    body = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert decode(body) == json.loads(body)


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert len(decode(b"[" + b"{}," * 500 + b"[]]")) == 501


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(value=json_values, ascii_only=st.booleans())
@settings(deadline=None)
def test_every_strict_value_comes_back_unchanged(value: object, ascii_only: bool) -> None:  # noqa: FBT001 - hypothesis draws it
    assert decode(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(body=st.binary(max_size=100))
@settings(deadline=None)
def test_any_bytes_decode_or_raise_an_event_error(body: bytes) -> None:
    try:
        decode(body)
    except EventError:
        return
    json.loads(body.decode())
