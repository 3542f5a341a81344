import json
from typing import Any

import pytest

from services.gateway.errors import EventError
from services.gateway.event import StripeEvent, parse, payment_key
from tests.unit.gateway.harness import EVENT

PAYMENT_OBJECTS = {
    "payment intent": {"object": "payment_intent", "id": "pi_1", "latest_charge": "ch_1"},
    "charge": {"object": "charge", "id": "ch_1", "payment_intent": "pi_1"},
    "charge, expanded": {"object": "charge", "id": "ch_1", "payment_intent": {"id": "pi_1"}},
    "refund": {"object": "refund", "id": "re_1", "charge": "ch_1", "payment_intent": "pi_1"},
    "dispute": {"object": "dispute", "id": "dp_1", "charge": "ch_1", "payment_intent": "pi_1"},
    "warning": {"object": "radar.early_fraud_warning", "id": "issfr_1", "charge": "ch_1", "payment_intent": "pi_1"},
}
CHARGE_OBJECTS = {
    "charge": {"object": "charge", "id": "ch_1", "payment_intent": None},
    "refund": {"object": "refund", "id": "re_1", "charge": "ch_1", "payment_intent": None},
    "dispute, expanded": {"object": "dispute", "id": "dp_1", "charge": {"id": "ch_1"}},
    "warning": {"object": "radar.early_fraud_warning", "id": "issfr_1", "charge": "ch_1"},
}


@pytest.mark.parametrize("payload", PAYMENT_OBJECTS.values(), ids=PAYMENT_OBJECTS.keys())
def test_all_objects_of_one_payment_have_its_payment_intent_as_key(payload: dict[str, Any]) -> None:
    assert payment_key(payload) == "pi_1"


@pytest.mark.parametrize("payload", CHARGE_OBJECTS.values(), ids=CHARGE_OBJECTS.keys())
def test_without_a_payment_intent_the_charge_is_the_key(payload: dict[str, Any]) -> None:
    assert payment_key(payload) == "ch_1"


def test_an_object_about_no_payment_goes_by_its_own_id() -> None:
    assert payment_key({"object": "customer", "id": "cus_1"}) == "cus_1"


def test_an_object_without_any_id_goes_by_the_event() -> None:
    body = json.dumps(EVENT | {"data": {"object": {"object": "balance"}}}).encode()
    assert parse(body) == StripeEvent("evt_1", "payment_intent.succeeded", "evt_1")


@pytest.mark.parametrize(("length", "taken"), [(255, True), (256, False)])
def test_a_payment_id_is_bounded_since_it_becomes_a_record_key(length: int, taken: bool) -> None:  # noqa: FBT001 - a parameter
    body = json.dumps(EVENT | {"data": {"object": {"object": "payment_intent", "id": "p" * length}}}).encode()
    if taken:
        assert parse(body).payment_key == "p" * length
    else:
        with pytest.raises(EventError, match=r"data\.object is longer than 255"):
            parse(body)


NOT_EVENTS = {
    "an array": (b"[]", "array"),
    "null": (b"null", "null"),
    "a string": (b'"x"', "string"),
    "a number": (b"1", "number"),
    "true": (b"true", "boolean"),
    "an empty object": (b"{}", "object"),
}


@pytest.mark.parametrize(("body", "reason"), NOT_EVENTS.values(), ids=NOT_EVENTS.keys())
def test_json_that_is_no_event_object_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(EventError, match=reason):
        parse(body)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("object", "charge"),
        ("object", None),
        ("id", 1),
        ("id", None),
        ("id", ""),
        ("id", "ch_1"),
        ("id", "evt_"),
        ("id", "evt_a:b"),
        ("id", "evt_" + "a" * 252),
        ("id", "evt_1\n"),
        ("type", 1),
        ("type", ""),
        ("type", "payment intent"),
        ("type", ["payment_intent.succeeded"]),
        ("created", "yesterday"),
        ("created", True),
        ("created", 1.5),
        ("data", None),
        ("data", []),
        ("data", {}),
        ("data", {"object": "pi_1"}),
        ("data", {"object": None}),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(field: str, value: Any) -> None:  # noqa: ANN401 - any JSON
    with pytest.raises(EventError, match=rf"the field {field}"):
        parse(json.dumps(EVENT | {field: value}).encode())
