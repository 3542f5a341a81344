import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.normalizer.decoding import decode
from services.normalizer.errors import NormalizationError


@pytest.mark.parametrize(
    ("amount", "kind"),
    [
        (15.9, "float"),
        (15.0, "float"),
        (True, "bool"),
        ("1500", "str"),
        ("null", "str"),
        (None, "null"),
        ([1], "array"),
    ],
)
def test_an_amount_that_is_no_integer_is_refused_by_field_and_type(
    body: Callable[..., bytes], amount: object, kind: str
) -> None:
    with pytest.raises(NormalizationError) as caught:
        decode(body(amount=amount))
    assert caught.value.field == "data.object.amount"
    assert caught.value.reason == f"Expected `int`, got `{kind}`"


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"created": None}, "created"),
        ({"created": "1234567890"}, "created"),
        ({"created": ...}, "created"),
        ({"id": 1}, "id"),
        ({"type": ...}, "type"),
        ({"data": None}, "data"),
        ({"data": {}}, "data.object"),
        ({"data": {"object": []}}, "data.object"),
        ({"data": {"object": {"object": "plan", "amount": 1}}}, "data.object.object"),
        ({"data": {"object": {"amount": 1}}}, "data.object.object"),
    ],
)
def test_a_broken_envelope_is_refused_by_field(body: Callable[..., bytes], event: dict[str, Any], field: str) -> None:
    with pytest.raises(NormalizationError) as caught:
        decode(body(event=event))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        *itertools.product(["payment_intent", "charge", "refund", "dispute"], ["amount", "currency", "status"]),
        ("payment_intent", "id"),
        ("charge", "id"),
    ],
)
def test_a_removed_required_field_is_named(body: Callable[..., bytes], kind: str, field: str) -> None:
    with pytest.raises(NormalizationError, match=rf"^data\.object\.{field}: is missing$"):
        decode(body(kind, **{field: ...}))


def test_a_refusal_does_not_quote_the_payload(body: Callable[..., bytes]) -> None:
    with pytest.raises(NormalizationError) as caught:
        decode(body(event={"data": {"object": {"object": "4242424242424242 - at `$.x`"}}}))
    assert "4242" not in str(caught.value)


def test_a_field_that_we_do_not_read_is_ignored(body: Callable[..., bytes]) -> None:
    assert decode(body(brand_new={"amount": "x"})).data.object.id == "ch_1"


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b'"x"', b"{}", b"\xff", b'{"id": "\xff"}', b'{"x":' + b"[" * 100_000]
)
def test_what_is_no_event_is_refused(raw: bytes) -> None:
    with pytest.raises(NormalizationError):
        decode(raw)


@given(st.binary())
def test_bytes_never_raise_anything_else(raw: bytes) -> None:
    with pytest.raises(NormalizationError):
        decode(raw)
