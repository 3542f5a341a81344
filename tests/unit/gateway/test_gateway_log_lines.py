"""One line per webhook, by which an event is found and followed; and nothing in it that must not be."""

import json

import httpx
import pytest
from structlog.testing import capture_logs

from services.gateway.bootstrap import bootstrap
from services.gateway.errors import NotAcknowledgedError
from tests.unit.gateway.harness import EVENT, SECRET, FakePublisher, Gateway, settings


async def test_an_accepted_event_is_one_line_with_its_id_and_trace(gateway: Gateway) -> None:
    with capture_logs() as lines:
        answer = (await gateway.post_event()).json()
    assert lines == [
        {
            "event": "accepted",
            "log_level": "info",
            "event_id": "stripe:evt_1",
            "trace_id": answer["trace_id"],
            "event_type": "payment_intent.succeeded",
            "topic": "webhooks.stripe.payment_intent",
        }
    ]


async def test_a_refused_event_is_one_line_with_its_id_and_trace(gateway: Gateway) -> None:
    gateway.publisher.failure = NotAcknowledgedError("Kafka did not acknowledge within 5 s")
    with capture_logs() as lines:
        answer = (await gateway.post_event()).json()
    assert lines == [
        {
            "event": "refused",
            "log_level": "warning",
            "event_id": "stripe:evt_1",
            "trace_id": answer["trace_id"],
            "status": 503,
            "error_class": "NotAcknowledgedError",
            "error": "Kafka did not acknowledge within 5 s",
        }
    ]


@pytest.mark.parametrize(
    "body", [b'{"card": "4242 private"}', b"4242 private", json.dumps(EVENT | {"type": "4242 private"}).encode()]
)
@pytest.mark.parametrize("header", [None, "t=1,v1=4242 private", "4242 private"])
async def test_neither_the_payload_nor_the_header_nor_the_secret_is_logged(
    gateway: Gateway, body: bytes, header: str | None
) -> None:
    with capture_logs() as lines:
        await gateway.post(body, header)
    assert len(lines) == 1
    assert "private" not in str(lines)
    assert SECRET not in str(lines)


async def test_a_bug_is_logged_with_its_place_and_without_its_message(publisher: FakePublisher) -> None:
    def verify(body: bytes, header: str, secret: str, _: float) -> None:
        raise KeyError(body, header, secret)

    app = bootstrap(settings(), verify=verify, publish=publisher)
    with capture_logs() as lines:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http:
            response = await http.post("/webhooks/stripe", content=b"private")
    assert response.status_code == 500
    failed, refused = lines
    assert (failed["event"], failed["error_class"]) == ("failed", "KeyError")
    assert "in verify" in failed["traceback"]
    assert failed["trace_id"] == refused["trace_id"] == response.json()["trace_id"]
    assert "private" not in str(lines)
    assert SECRET not in str(lines)
