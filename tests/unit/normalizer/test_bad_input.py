"""The cases of bad input, each from the record as Kafka has it to the record that is produced for it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contracts.events import UnifiedEvent, decode
from services.normalizer.money import ISO_EXPONENTS, MAX_MINOR_UNITS
from services.normalizer.normalization import normalize
from services.normalizer.records import Outgoing
from services.normalizer.router import Router

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
Body = Callable[..., bytes]


@dataclass
class Record:
    value: bytes
    topic: str = "webhooks.stripe.charge"
    partition: int = 0
    offset: int = 0
    timestamp: int = 1_763_900_000_000
    key: bytes = b"pi_1"
    headers: tuple[tuple[str, bytes], ...] = ()


def route(value: bytes) -> Outgoing:
    router = Router(normalize=normalize, platform_account_id="acct_p", sink="sink", dlq="dlq", now=lambda: NOW)
    return router(Record(value))


def unified(value: bytes) -> UnifiedEvent:
    outgoing = route(value)
    assert (outgoing.topic, outgoing.refusal) == ("sink", None)
    return decode(outgoing.value)


def refused(value: bytes) -> str:
    outgoing = route(value)
    assert outgoing.refusal is not None
    assert (outgoing.topic, outgoing.value) == ("dlq", value)
    return outgoing.refusal.reason


@pytest.mark.parametrize("poison", [b"\x00\xff\xfe", b"{", b'{"id": "evt_1"', b"[" * 100_000, b"null", b"[]", b'"x"'])
def test_poison_message(poison: bytes) -> None:
    assert refused(poison).startswith("$: ")


@pytest.mark.parametrize(
    ("currency", "amount_cents", "amount"),
    [
        ("jpy", 1500, "1500"),
        ("kwd", 1500, "1.500"),
        ("isk", 500, "5.00"),
        ("ugx", 500, "5.00"),
        ("kwd", 1505, "1.505"),
        ("jpy", 0, "0"),
        ("jpy", MAX_MINOR_UNITS, "9999999999999999"),
    ],
)
def test_jpy_kwd_isk_ugx_amounts(body: Body, currency: str, amount_cents: int, amount: str) -> None:
    event = unified(body(currency=currency, amount=amount_cents))
    assert (event.currency, event.amount_cents) == (currency.upper(), amount_cents)
    assert str(event.amount) == amount


@pytest.mark.parametrize(
    ("amount", "kind"), [(15.9, "float"), (15.0, "float"), (True, "bool"), ("1500", "str"), (None, "null")]
)
@pytest.mark.parametrize("kind_of_object", ["payment_intent", "charge", "refund", "dispute"])
def test_amounts_15_9_true_string_1500_and_null(body: Body, kind_of_object: str, amount: object, kind: str) -> None:
    assert refused(body(kind_of_object, amount=amount)) == f"data.object.amount: Expected `int`, got `{kind}`"


def test_amount_nan_is_no_json() -> None:
    assert refused(b'{"id":"evt_1","data":{"object":{"object":"charge","amount":NaN}}}').startswith("$: is not JSON")


@pytest.mark.parametrize("amount", [-1, MAX_MINOR_UNITS + 1, 2**63 - 1, 2**64 - 1, 10**30])
def test_amounts_that_nothing_later_could_hold(body: Body, amount: int) -> None:
    assert refused(body(amount=amount)).startswith("data.object.amount: ")


def test_lower_case_currency(body: Body) -> None:
    assert unified(body(currency="eur")).currency == "EUR"


@pytest.mark.parametrize("currency", ["zzz", "xyz", "usdt", "us", "xau", "EURO", "ß"])
def test_unknown_currency(body: Body, currency: str) -> None:
    assert refused(body(currency=currency)).startswith("data.object.currency: is ")


@pytest.mark.parametrize("currency", ["null", "NULL", " null ", "", "None", "N/A"])
def test_null_as_text_for_a_currency(body: Body, currency: str) -> None:
    assert refused(body(currency=currency)) == "data.object.currency: is required, but null or a placeholder for it"


@pytest.mark.parametrize("kind", ["payment_intent", "charge", "refund", "dispute"])
def test_metadata_null(body: Body, kind: str) -> None:
    event = unified(body(kind, metadata=None))
    assert (event.metadata, event.merchant_id, event.attempt_number) == ({}, "acct_p", 1)


def test_null_timestamps(body: Body) -> None:
    assert refused(body(event={"created": None})) == "created: Expected `int`, got `null`"
    assert unified(body(created=None, canceled_at=None)).provider_created_at.year == 2009


@pytest.mark.parametrize("word", [" null ", "\tNone\n", "  ", " N/A "])
def test_null_between_spaces(body: Body, word: str) -> None:
    event = unified(body(customer=word, failure_code=word, payment_intent=word))
    assert (event.customer_id, event.failure_code, event.payment_intent_id) == (None, None, None)
    assert refused(body(status=word)).startswith("data.object.status: ")


def test_an_added_field(body: Body) -> None:
    plain = unified(body())
    assert unified(body(added={"amount": "x", "nested": [1, {"currency": None}]}, event={"also": [None]})) == plain


@pytest.mark.parametrize("field", ["id", "type", "created", "data"])
def test_a_removed_required_field_of_the_envelope(body: Body, field: str) -> None:
    assert refused(body(event={field: ...})) == f"{field}: is missing"


@pytest.mark.parametrize("field", ["amount", "currency", "status"])
@pytest.mark.parametrize("kind", ["payment_intent", "charge", "refund", "dispute"])
def test_a_removed_required_field(body: Body, kind: str, field: str) -> None:
    assert refused(body(kind, **{field: ...})) == f"data.object.{field}: is missing"


payable = st.sampled_from(sorted(code for code, decimals in ISO_EXPONENTS.items() if decimals is not None))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    payable,
    st.integers(min_value=0, max_value=MAX_MINOR_UNITS),
    st.sampled_from(["payment_intent", "charge", "refund", "dispute"]),
    st.sampled_from([str.lower, str.upper, str.title]),
)
def test_any_amount_of_any_currency_survives_exactly(
    body: Body, currency: str, amount_cents: int, kind: str, case: Callable[[str], str]
) -> None:
    event = unified(body(kind, currency=case(currency), amount=amount_cents))
    decimals = -int(event.amount.as_tuple().exponent)
    assert event.amount_cents == amount_cents
    assert event.amount * 10**decimals == Decimal(amount_cents)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(["id", "object", "amount", "currency", "status", "metadata", "source", "charges", "card"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["payment_intent", "charge", "refund", "dispute", "radar.early_fraud_warning"]),
    st.dictionaries(fields, json_values, max_size=3),
    st.dictionaries(st.sampled_from(["id", "type", "created", "account", "data"]), json_values, max_size=2),
)
def test_any_event_is_unified_or_dead_lettered_and_never_lost(
    body: Body, kind: str, changed: dict[str, Any], envelope: dict[str, Any]
) -> None:
    raw = body(kind, event=envelope, **{name: value for name, value in changed.items() if name != "object"})
    outgoing = route(raw)
    if outgoing.refusal is None:
        assert decode(outgoing.value).provider_event_id == json.loads(raw)["id"].strip()
    else:
        assert outgoing.value == raw
        assert outgoing.refusal.error_class == "NormalizationError"
