"""Every row of the gateway's table of answers, against the application itself."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from services.contracts import topics, tracing
from services.gateway.errors import BodyTooLargeError, NotAcknowledgedError
from services.gateway.signature import compute
from services.simulator.signing import sign
from tests.unit.gateway.harness import EVENT, NOW, SECRET, Gateway


async def test_a_good_event_is_published_and_answered_with_200(gateway: Gateway) -> None:
    body = json.dumps(EVENT, indent=3).encode()
    response = await gateway.post(body)
    assert response.status_code == 200
    answer = response.json()
    trace_id = answer.pop("trace_id")
    assert answer == {"event_id": "stripe:evt_1", "topic": topics.PAYMENT_INTENT}
    [record] = gateway.publisher.records
    assert (record.topic, record.key, record.value) == (topics.PAYMENT_INTENT, b"pi_1", body)
    assert tracing.trace_id(dict(record.headers)[tracing.HEADER].decode()) == trace_id


async def test_a_trace_of_the_senders_own_is_not_believed(gateway: Gateway) -> None:
    theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    body = json.dumps(EVENT).encode()
    headers = {"stripe-signature": sign(body, SECRET, NOW), "traceparent": theirs}
    response = await gateway.http.post("/webhooks/stripe", content=body, headers=headers)
    assert response.json()["trace_id"] != tracing.trace_id(theirs)


async def test_a_signed_event_of_another_type_is_kept_as_unrouted(gateway: Gateway) -> None:
    response = await gateway.post_event(type="invoice.paid")
    assert response.status_code == 200
    assert [record.topic for record in gateway.publisher.records] == [topics.UNROUTED]


async def test_a_good_signature_among_several_is_accepted(gateway: Gateway) -> None:
    body = json.dumps(EVENT).encode()
    response = await gateway.post(body, f"t={NOW},v1=0,v0=1,v1={compute(body, SECRET, NOW)}")
    assert response.status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "hello",
        f"t={NOW}",
        "t=1,t=2,v1=a",
        f"t={NOW}, v1=a",
        f"t={NOW},v0=a",
        f"t={NOW},v1=a",
        f"t={NOW},v1=é".encode(),
        f"t={NOW},v1=é".encode("latin-1"),
    ],
)
async def test_a_bad_signature_is_400_and_nothing_is_kept(gateway: Gateway, header: str | bytes) -> None:
    response = await gateway.post(b"{}", header)
    assert response.status_code == 400
    assert set(response.json()) == {"error", "remedy", "trace_id"}
    assert gateway.publisher.records == []


async def test_no_signature_is_400_and_nothing_is_kept(gateway: Gateway) -> None:
    response = await gateway.http.post("/webhooks/stripe", content=b"{}")
    assert response.status_code == 400
    assert "missing" in response.json()["error"]
    assert gateway.publisher.records == []


async def test_two_signature_headers_are_400_even_if_one_is_good(gateway: Gateway) -> None:
    body = json.dumps(EVENT).encode()
    headers = [("stripe-signature", sign(body, SECRET, NOW)), ("stripe-signature", "t=1,v1=a")]
    assert (await gateway.http.post("/webhooks/stripe", content=body, headers=headers)).status_code == 400


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_a_signature_out_of_time_is_400(gateway: Gateway, seconds: int) -> None:
    body = json.dumps(EVENT).encode()
    response = await gateway.post(body, sign(body, SECRET, NOW + seconds))
    assert response.status_code == 400
    assert gateway.publisher.records == []


async def test_a_reserialised_body_is_400(gateway: Gateway) -> None:
    signed, sent = json.dumps(EVENT).encode(), json.dumps(EVENT, separators=(",", ":")).encode()
    assert (await gateway.post(sent, sign(signed, SECRET, NOW))).status_code == 400
    assert gateway.publisher.records == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": 123456789012345678901234567890}',
        b"[" * 4000 + b"]" * 4000,
        b'{"a": 1, "a": 2}',
        b"[]",
        b"{}",
        b"null",
        b'"x"',
        b'{"object": "event", "id": 1, "type": 2, "data": 3}',
    ],
)
async def test_a_signed_body_that_is_no_event_is_400_and_goes_to_the_dlq(gateway: Gateway, body: bytes) -> None:
    response = await gateway.post(body)
    assert response.status_code == 400
    assert set(response.json()) == {"error", "remedy", "trace_id"}
    [record] = gateway.publisher.records
    assert (record.topic, record.value) == (topics.WEBHOOK_DLQ, body)
    assert dict(record.headers)["error_message"].decode() == response.json()["error"]


@pytest.mark.parametrize("body", [b"hello", None], ids=["dead letter", "good event"])
async def test_what_kafka_does_not_acknowledge_is_503(gateway: Gateway, body: bytes | None) -> None:
    gateway.publisher.failure = NotAcknowledgedError("Kafka did not acknowledge within 5 s")
    response = await gateway.post(body or json.dumps(EVENT).encode())
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    assert "lakehouse status" in response.json()["remedy"]


async def test_a_record_larger_than_kafka_takes_is_413(gateway: Gateway) -> None:
    gateway.publisher.failure = BodyTooLargeError("the record is larger than Kafka's limit")
    assert (await gateway.post_event()).status_code == 413


async def test_a_body_of_the_largest_size_is_taken(gateway: Gateway) -> None:
    body = json.dumps(EVENT).encode().ljust(10_000)
    assert (await gateway.post(body)).status_code == 200


async def test_a_larger_body_is_413_and_not_read_to_its_end(gateway: Gateway) -> None:
    chunks_read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal chunks_read
        while True:
            chunks_read += 1
            yield b"x" * 1000

    response = await gateway.http.post("/webhooks/stripe", content=endless())
    assert response.status_code == 413
    assert "10000 bytes" in response.json()["error"]
    assert chunks_read <= 12
    assert gateway.publisher.records == []


async def test_a_slow_body_is_408_and_the_connection_is_closed(gateway: Gateway) -> None:
    async def slow() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.02)

    response = await gateway.http.post("/webhooks/stripe", content=slow())
    assert response.status_code == 408
    assert response.headers["connection"] == "close"
    assert gateway.publisher.records == []


async def test_other_methods_and_paths_are_refused(gateway: Gateway) -> None:
    assert (await gateway.http.get("/webhooks/stripe")).status_code == 405
    assert (await gateway.http.post("/webhooks/other")).status_code == 404
