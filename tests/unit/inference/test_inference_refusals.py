"""Bad input: each case has a clear answer in one form, names the field, and quotes nothing of the payload."""

import json
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from services.inference.errors import InvalidPaymentError
from services.inference.messages import PaymentFeatures, Payments
from services.inference.payload import decode
from tests.unit.inference.inference_examples import ENDPOINTS, FAILED, unhurried

JSON = {"content-type": "application/json"}
SECRET = "sk_live_do_not_repeat_me"
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

BAD_FIELDS = {
    "a negative amount": ("amount_cents", -1),
    "an amount with decimals": ("amount_cents", 15.9),
    "an amount that is true": ("amount_cents", True),
    "an amount in a string": ("amount_cents", "1500"),
    "an amount beyond 64 bits": ("amount_cents", 2**63),
    "an amount of thirty digits": ("amount_cents", 10**30 - 1),
    "an amount that is null": ("amount_cents", None),
    "an amount that is a list": ("amount_cents", [1500]),
    "a currency that is no code": ("currency", "dollars"),
    "a currency with a line break": ("currency", "usd\n"),
    "a negative attempt": ("attempt_number", -1),
    "a status that is null": ("status", None),
    "a country that is a number": ("card_country", 840),
    "a misspelt field": ("card_cuontry", "US"),
}
NO_JSON = {
    "an empty body": b"",
    "a body that ends too early": b'{"amount_cents": 1',
    "NaN": json.dumps(FAILED | {"amount_cents": float("nan")}).encode(),
    "Infinity": json.dumps(FAILED | {"amount_cents": float("inf")}).encode(),
    "invalid UTF-8": b'{"status": "\xff"}',
    "half a surrogate pair": b'{"status": "\\ud800"}',
    "something after the object": json.dumps(FAILED).encode() + b"}",
    "a form": b"amount_cents=1500&currency=usd",
}


def content(value: object) -> bytes:
    return json.dumps(value).encode()


def refusal(response: httpx.Response, status: int) -> dict[str, Any]:
    """The answer, which has the one form of all refusals."""
    assert response.status_code == status, response.text
    answer: dict[str, Any] = response.json()
    assert answer.keys() == {"error", "field", "remedy"}
    assert answer["error"]
    assert answer["remedy"]
    return answer


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(("field", "value"), BAD_FIELDS.values(), ids=BAD_FIELDS.keys())
async def test_a_bad_field_is_422_and_named(client: httpx.AsyncClient, path: str, field: str, value: object) -> None:
    answer = refusal(await client.post(path, content=content(FAILED | {field: value}), headers=JSON), 422)

    assert answer["field"] == field
    assert answer["error"].startswith(f"{field}: ")


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize(("field", "value"), BAD_FIELDS.values(), ids=BAD_FIELDS.keys())
async def test_a_bad_field_in_bulk_is_422_and_named_with_its_place(
    client: httpx.AsyncClient, path: str, field: str, value: object
) -> None:
    payments = [FAILED, FAILED, FAILED, FAILED | {field: value}, FAILED]
    answer = refusal(await client.post(f"{path}/bulk", content=content({"payments": payments}), headers=JSON), 422)

    assert answer["field"] == f"payments.3.{field}"


@pytest.mark.parametrize("field", ["event_type", "merchant_id", "amount_cents", "currency", "status"])
async def test_a_missing_field_is_422_and_named(client: httpx.AsyncClient, field: str) -> None:
    without = {name: value for name, value in FAILED.items() if name != field}

    assert refusal(await client.post("/fraud/score", json=without), 422)["field"] == field
    bulk = await client.post("/fraud/score/bulk", json={"payments": [FAILED, without]})
    assert refusal(bulk, 422)["field"] == f"payments.1.{field}"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "payments"),
        ({"payments": []}, "payments"),
        ({"payments": None}, "payments"),
        ({"payments": FAILED}, "payments"),
        ({"payments": [FAILED, 1]}, "payments.1"),
        ({"payments": [FAILED], "model": "x"}, "model"),
        (FAILED, "event_type"),
        ([FAILED], None),
    ],
    ids=str,
)
async def test_a_bulk_body_of_another_shape_is_422(client: httpx.AsyncClient, body: object, field: str | None) -> None:
    assert refusal(await client.post("/churn/score/bulk", json=body), 422)["field"] == field


@pytest.mark.parametrize("body", [None, [], "x", 7, True], ids=json.dumps)
async def test_json_that_is_no_object_is_422(client: httpx.AsyncClient, body: object) -> None:
    answer = refusal(await client.post("/fraud/score", content=content(body), headers=JSON), 422)
    assert "Expected `object`" in answer["error"]


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON.keys())
async def test_a_body_that_is_not_json_is_422(client: httpx.AsyncClient, path: str, body: bytes) -> None:
    for request in (
        client.post(path, content=body, headers=JSON),
        client.post(f"{path}/bulk", content=b'{"payments":[' + body, headers=JSON),
    ):
        answer = refusal(await request, 422)
        assert answer["field"] is None


@pytest.mark.parametrize("opening", [b"[", b'{"payments":', b'{"payments":[', b'{"status":'], ids=repr)
async def test_a_body_nested_as_deep_as_it_may_be_large_is_422(client: httpx.AsyncClient, opening: bytes) -> None:
    deepest = opening * (2**20 // len(opening))
    for path in ("/fraud/score", "/fraud/score/bulk"):
        refusal(await client.post(path, content=deepest, headers=JSON), 422)


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
async def test_another_content_type_is_415(client: httpx.AsyncClient, content_type: str | None) -> None:
    headers = {"content-type": content_type} if content_type else {}
    refusal(await client.post("/fraud/score", content=content(FAILED), headers=headers), 415)


async def test_json_with_a_charset_is_json(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert (await client.post("/fraud/score", content=content(FAILED), headers=headers)).status_code == 200


@pytest.mark.parametrize("path", ["/fraud/score", "/fraud/score/bulk"])
async def test_a_body_above_1_mib_is_413(client: httpx.AsyncClient, path: str) -> None:
    most = b" " * 2**20
    refusal(await client.post(path, content=most, headers=JSON), 422)
    refusal(await client.post(path, content=most + b" ", headers=JSON), 413)


async def test_an_unknown_path_is_404_in_the_same_form(client: httpx.AsyncClient) -> None:
    for path in ("/", "/fraud", "/fraud/score/", "/docs"):
        refusal(await client.post(path, json=FAILED), 404)


@pytest.mark.parametrize("path", [*ENDPOINTS, "/fraud/score/bulk"])
async def test_another_method_is_405_in_the_same_form(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert "POST" in refusal(response, 405)["error"]
    assert response.headers["allow"] == "POST"


async def test_a_refusal_and_its_log_line_quote_nothing_of_the_payload(client: httpx.AsyncClient) -> None:
    bodies = [FAILED | {name: SECRET} for name in ("amount_cents", "currency", "attempt_number", f"a {SECRET}")]
    for body in [*bodies, {"payments": [SECRET]}, SECRET]:
        with capture_logs() as logs:
            answer = refusal(await client.post("/fraud/score", json=body), 422)
        assert SECRET not in str(answer)
        assert len(logs) == 1
        assert SECRET not in str(logs)


async def test_a_refusal_is_logged_under_the_trace_of_its_request(client: httpx.AsyncClient) -> None:
    with capture_logs() as logs:
        await client.post("/churn/score", json={}, headers={"traceparent": TRACEPARENT})

    assert [(line["event"], line["trace_id"], line["status"], line["field"]) for line in logs] == [
        ("refused", "0af7651916cd43dd8448eb211c80319c", 422, "event_type")
    ]


async def test_a_traceparent_of_any_bytes_does_no_harm(client: httpx.AsyncClient) -> None:
    for header in (b"", b"00-zz", b"\xff\xfe", b"00-" + b"0" * 32 + b"-b7ad6b7169203331-01"):
        with capture_logs() as logs:
            refusal(await client.post("/fraud/score", json={}, headers={b"traceparent": header}), 422)
        assert len(logs[0]["trace_id"]) == 32


@unhurried
@given(st.binary() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(content))
def test_whatever_the_body_is_it_is_decoded_or_refused(body: bytes) -> None:
    for decoder in (msgspec.json.Decoder(PaymentFeatures), msgspec.json.Decoder(Payments)):
        with pytest.raises(InvalidPaymentError):
            decode(decoder, body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(), part, max_size=3),
    max_leaves=5,
)


@unhurried
@given(st.dictionaries(st.sampled_from(sorted(FAILED)) | st.text(), json_values, max_size=3))
def test_whatever_a_field_is_it_is_accepted_or_named(changes: dict[str, Any]) -> None:
    body = content(FAILED | changes)
    try:
        decoded = decode(msgspec.json.Decoder(PaymentFeatures), body)
    except InvalidPaymentError as error:
        named = error.field
    else:
        assert msgspec.structs.asdict(decoded) == FAILED | changes
        return
    assert named in {None, *changes}
