from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contracts.events import UnifiedEvent, decode, encode
from services.normalizer.errors import NormalizationError

CARD = {"type": "card", "card": {"brand": "visa", "last4": "4242", "country": "US"}}


def test_a_charge_is_unified(unified: Callable[..., UnifiedEvent]) -> None:
    event = unified(
        "charge",
        customer="cus_1",
        payment_method_details=CARD,
        metadata={"merchant_id": "m_1", "attempt_number": "2", "order": "7"},
    )
    assert event.event_id == "stripe:evt_1"
    assert (event.provider, event.provider_event_id, event.event_type) == ("stripe", "evt_1", "charge.updated")
    assert (event.payment_intent_id, event.charge_id) == ("pi_1", "ch_1")
    assert (event.merchant_id, event.customer_id) == ("m_1", "cus_1")
    assert (event.amount_cents, event.currency, event.amount) == (1500, "USD", Decimal("15.00"))
    assert event.payment_method_type == "card"
    assert (event.card_brand, event.card_last_four, event.card_country) == ("visa", "4242", "US")
    assert (event.status, event.failure_code, event.failure_message) == ("succeeded", None, None)
    assert event.attempt_number == 2
    assert event.provider_created_at == datetime(2009, 2, 13, 23, 31, 30, tzinfo=UTC)
    assert event.metadata == {"merchant_id": "m_1", "attempt_number": "2", "order": "7"}


@pytest.mark.parametrize(
    ("kind", "ids", "amount_cents", "status"),
    [
        ("payment_intent", ("pi_1", None), 1500, "succeeded"),
        ("charge", ("pi_1", "ch_1"), 1500, "succeeded"),
        ("refund", (None, "ch_1"), 500, "pending"),
        ("dispute", (None, "ch_1"), 1500, "needs_response"),
    ],
)
def test_each_kind_tells_its_own_amount_and_status(
    unified: Callable[..., UnifiedEvent], kind: str, ids: tuple[str | None, str | None], amount_cents: int, status: str
) -> None:
    event = unified(kind)
    assert (event.payment_intent_id, event.charge_id) == ids
    assert (event.amount_cents, event.status, event.customer_id) == (amount_cents, status, None)


@pytest.mark.parametrize("kind", ["payment_intent", "charge", "refund", "dispute"])
def test_a_unified_event_survives_its_own_encoding(unified: Callable[..., UnifiedEvent], kind: str) -> None:
    event = unified(kind, metadata={"a": "b"})
    assert decode(encode(event)) == event


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("payment_intent", {"last_payment_error": {"code": "card_declined", "decline_code": "lost_card"}}, "lost_card"),
        ("payment_intent", {"last_payment_error": {"code": "expired_card"}}, "expired_card"),
        ("charge", {"failure_code": "card_declined", "outcome": {"reason": "lost_card"}}, "lost_card"),
        ("charge", {"failure_code": "card_declined", "outcome": {"reason": None}}, "card_declined"),
        ("charge", {"failure_code": "expired_card", "outcome": None}, "expired_card"),
        ("charge", {"failure_code": None, "outcome": {"reason": "elevated_risk_level"}}, None),
        ("refund", {"failure_reason": "expired_or_canceled_card"}, "expired_or_canceled_card"),
    ],
)
def test_the_failure_code_is_the_most_telling_one(
    unified: Callable[..., UnifiedEvent], kind: str, fields: dict[str, Any], code: str | None
) -> None:
    assert unified(kind, **fields).failure_code == code


@pytest.mark.parametrize(
    ("metadata", "account", "merchant_id"),
    [
        ({"merchant_id": "m_1"}, "acct_1", "m_1"),
        ({"merchant_id": "N/A"}, "acct_1", "acct_1"),
        ({}, "acct_1", "acct_1"),
        ({}, "null", "acct_platform"),
        (None, None, "acct_platform"),
        (..., ..., "acct_platform"),
    ],
)
def test_the_merchant_falls_back_to_the_account_and_then_to_the_platform(
    unified: Callable[..., UnifiedEvent], metadata: object, account: object, merchant_id: str
) -> None:
    assert unified(metadata=metadata, event={"account": account}).merchant_id == merchant_id


@pytest.mark.parametrize("word", ["", "null", "None", "N/A", "undefined", "NaN", " null "])
def test_placeholders_in_optional_fields_become_null(unified: Callable[..., UnifiedEvent], word: str) -> None:
    event = unified(
        customer=word,
        failure_code=word,
        failure_message=word,
        payment_intent=word,
        payment_method_details={"type": word, "card": {"brand": word, "last4": word, "country": word}},
    )
    assert event.charge_id == "ch_1"
    optional = ("customer_id", "failure_code", "failure_message", "payment_intent_id", "payment_method_type")
    assert {getattr(event, name) for name in (*optional, "card_brand", "card_last_four", "card_country")} == {None}


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("charge", {"currency": "null"}, "data.object.currency"),
        ("charge", {"currency": "xyz"}, "data.object.currency"),
        ("charge", {"currency": None}, "data.object.currency"),
        ("charge", {"status": ""}, "data.object.status"),
        ("charge", {"metadata": "null"}, "data.object.metadata"),
        ("charge", {"metadata": {"note": "a\x00b"}}, "data.object.metadata"),
        ("charge", {"failure_message": "a\x00b"}, "failure_message"),
        ("charge", {"amount": 10**30}, "data.object.amount"),
        ("refund", {"charge": None}, "data.object"),
        ("refund", {"status": None}, "data.object.status"),
        ("dispute", {"charge": "N/A"}, "data.object"),
        ("charge", {"event": {"id": ""}}, "id"),
        ("charge", {"event": {"type": "null"}}, "type"),
        ("charge", {"event": {"created": -1}}, "created"),
        ("charge", {"event": {"created": 1_900_000_000_000_000}}, "created"),
    ],
)
def test_what_breaks_the_contract_is_refused_by_field(
    unified: Callable[..., UnifiedEvent], kind: str, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(NormalizationError) as caught:
        unified(kind, **fields)
    assert caught.value.field == field


@pytest.mark.parametrize("currency", ["usd", "USD", " Usd "])
def test_a_currency_is_an_upper_case_code(unified: Callable[..., UnifiedEvent], currency: str) -> None:
    assert unified(currency=currency).currency == "USD"


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), (4, 4), (" 5 ", 5), ("0", 1), ("-2", 1), ("1.5", 1), ("", 1), ("²", 1), (True, 1), ("2147483648", 1)],
)
def test_an_attempt_number_that_is_no_count_is_one(
    unified: Callable[..., UnifiedEvent], text: object, number: int
) -> None:
    assert unified(metadata={"attempt_number": text}).attempt_number == number


def test_metadata_becomes_text(unified: Callable[..., UnifiedEvent]) -> None:
    event = unified(metadata={"a": "x", "b": 1, "c": True, "d": None, "e": {"f": [1]}})
    assert event.metadata == {"a": "x", "b": "1", "c": "true", "e": '{"f":[1]}'}


def test_an_early_fraud_warning_is_refused_for_lack_of_an_amount(unified: Callable[..., UnifiedEvent]) -> None:
    with pytest.raises(NormalizationError, match=r"^data\.object\.charge: is not expanded"):
        unified("radar.early_fraud_warning")


def test_an_early_fraud_warning_with_its_charge_expanded_is_unified(unified: Callable[..., UnifiedEvent]) -> None:
    charge = {"id": "ch_1", "amount": 1500, "currency": "jpy", "status": "succeeded", "payment_intent": "pi_1"}
    event = unified("radar.early_fraud_warning", charge=charge, event={"type": "radar.early_fraud_warning.created"})
    assert event.event_type == "radar.early_fraud_warning.created"
    assert (event.charge_id, event.payment_intent_id, event.amount) == ("ch_1", "pi_1", Decimal(1500))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    ["id", "amount", "currency", "status", "customer", "metadata", "payment_method_details", "outcome", "failure_code"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(names, json_values, max_size=4))
def test_any_json_in_any_field_is_unified_or_refused(
    unified: Callable[..., UnifiedEvent], fields: dict[str, Any]
) -> None:
    try:
        event = unified(**fields)
    except NormalizationError:
        return
    assert decode(encode(event)) == event
