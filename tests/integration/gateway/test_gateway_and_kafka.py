"""The running gateway, and what is in Kafka afterwards."""

import time
import uuid
from typing import Any

import httpx
import msgspec
import pytest

from services.contracts import topics
from services.gateway.bootstrap import bootstrap
from services.gateway.event import payment_key
from services.gateway.routing import topic_for
from services.gateway.server import in_background
from services.gateway.settings import GatewaySettings
from services.simulator.client import send
from services.simulator.events import wrap
from services.simulator.settings import SimulatorSettings
from services.simulator.signing import sign
from services.simulator.simulation import simulate
from tests.integration.gateway.harness import free_port, reading

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("live_pipeline")]


async def post(body: bytes, header: str | None = None) -> httpx.Response:
    settings = GatewaySettings()
    signed = sign(body, settings.stripe.webhook_secret.get_secret_value(), int(time.time()))
    async with httpx.AsyncClient(base_url=settings.url, timeout=30) as http:
        return await http.post("/webhooks/stripe", content=body, headers={"stripe-signature": header or signed})


async def test_accepted_events_are_in_their_topics_under_their_payments_key() -> None:
    events = {event["id"]: event for event in simulate(events=40, seed=11)}
    async with reading(*topics.WEBHOOKS, topics.UNROUTED) as reader:
        summary = await send(events.values())
        assert summary.ok, str(summary)

        def all_there(records: list[Any]) -> bool:
            return events.keys() <= {msgspec.json.decode(record.value)["id"] for record in records}

        records = await reader.until(all_there)
    ours = [record for record in records if msgspec.json.decode(record.value)["id"] in events]
    assert len(ours) == len(events)
    for record in ours:
        event = msgspec.json.decode(record.value)
        assert event == events[event["id"]]
        assert record.topic == topic_for(event["type"])
        assert record.key.decode() == payment_key(event["data"]["object"])


async def test_a_signed_body_that_is_no_event_is_in_the_dlq_with_headers() -> None:
    body = f"not an event: {uuid.uuid4()}".encode()
    async with reading(topics.WEBHOOK_DLQ) as reader:
        response = await post(body)
        assert response.status_code == 400
        records = await reader.until(lambda records: any(record.value == body for record in records))
    [record] = [record for record in records if record.value == body]
    headers = {name: value.decode() for name, value in record.headers}
    assert headers.pop("first_seen") <= f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime())}.999999+00:00"
    assert headers == {
        "error_class": "EventError",
        "error_message": response.json()["error"],
        "stage": "gateway",
        "attempts": "1",
    }


async def test_a_wrong_signature_leaves_nothing_in_kafka() -> None:
    refused, marker = (f"not an event: {uuid.uuid4()}".encode() for _ in range(2))
    async with reading(topics.WEBHOOK_DLQ) as reader:
        assert (await post(refused, f"t={int(time.time())},v1={'0' * 64}")).status_code == 400
        await post(marker)
        records = await reader.until(lambda records: any(record.value == marker for record in records))
    assert refused not in {record.value for record in records}


async def test_a_body_of_one_mebibyte_is_accepted() -> None:
    event = wrap({"object": "customer", "id": "cus_large", "description": ""}, "customer.updated")
    event["data"]["object"]["description"] = "x" * (2**20 - len(msgspec.json.encode(event)))
    assert len(msgspec.json.encode(event)) == 2**20
    assert (await send([event])).ok


@pytest.mark.parametrize("size", [2**20 + 1, 20 * 2**20])
async def test_a_larger_one_is_413_and_does_no_harm_to_what_follows(size: int) -> None:
    event = msgspec.json.encode(wrap({"object": "customer", "id": "cus_large"}, "customer.updated"))
    assert (await post(event.ljust(size))).status_code == 413
    assert (await send([wrap({"object": "customer", "id": "cus_large"}, "customer.updated")])).ok


async def test_a_record_larger_than_kafka_takes_is_413_and_does_no_harm_to_what_follows() -> None:
    large, small = (wrap({"object": "customer", "id": "cus_large"}, "customer.updated") for _ in range(2))
    large["data"]["object"]["description"] = "x" * 2**21
    settings = GatewaySettings(url=f"http://127.0.0.1:{free_port()}", max_body_bytes=2**22)
    with in_background(bootstrap(settings), settings) as url:
        summary = await send([large, small], settings=SimulatorSettings(gateway_url=url))
    assert dict(summary.refused) == {"413 the record is larger than Kafka's limit of 2097152 bytes": 1}
    assert summary.accepted.total() == 1


async def test_the_gateway_is_ready() -> None:
    async with httpx.AsyncClient(base_url=GatewaySettings().url) as http:
        assert (await http.get("/healthz")).json() == {"status": "ok"}
        assert (await http.get("/readyz")).json() == {"status": "ready"}
