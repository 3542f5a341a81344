"""The running gateway, and what is in Kafka afterwards."""

import asyncio
import time
import uuid

import httpx
import msgspec
import psycopg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import NotEnoughReplicasError
from temporalio.client import Client

from services.contracts import events, topics, tracing
from services.contracts.settings import Kafka, Postgres, Temporal
from services.gateway.bootstrap import bootstrap
from services.gateway.event import payment_key
from services.gateway.routing import Record, topic_for
from services.gateway.server import in_background
from services.gateway.settings import GatewaySettings
from services.simulator.client import send
from services.simulator.events import wrap
from services.simulator.ledger import Ledger
from services.simulator.signing import sign
from services.simulator.simulation import simulate
from stack.ports import free_port
from tests.integration.gateway.harness import reading

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("live_pipeline")]


async def post(body: bytes) -> httpx.Response:
    settings = GatewaySettings()
    signature = sign(body, settings.stripe.webhook_secret.get_secret_value(), int(time.time()))
    async with httpx.AsyncClient(base_url=settings.url, timeout=30) as http:
        return await http.post("/webhooks/stripe", content=body, headers={"stripe-signature": signature})


async def test_accepted_events_are_in_their_topics_under_their_payments_key() -> None:
    sent = {event["id"]: event for event in simulate(events=40, seed=11)}
    async with reading(*topics.WEBHOOKS, topics.UNROUTED) as reader:
        summary = await send(sent.values())
        assert summary.ok, str(summary)

        records = [(msgspec.json.decode(record.value), record) for record in await reader.by_now()]
    ours = [(event, record) for event, record in records if event["id"] in sent]
    assert len(ours) == len(sent)
    for event, record in ours:
        assert event == sent[event["id"]]
        assert record.topic == topic_for(event["type"])
        assert record.key.decode() == payment_key(event["data"]["object"])


async def test_the_trace_of_the_answer_is_in_the_records_header() -> None:
    event = wrap({"object": "customer", "id": "cus_1"}, "customer.updated")
    async with reading(topics.UNROUTED, topics.WEBHOOK_DLQ) as reader:
        answers = [await post(msgspec.json.encode(event)), await post(f"no event: {uuid.uuid4()}".encode())]
        traces = {dict(record.headers)["traceparent"].decode() for record in await reader.by_now()}
    Ledger.default().append(event["id"], event["type"])
    assert [answer.status_code for answer in answers] == [200, 400]
    assert {answer.json()["trace_id"] for answer in answers} <= {tracing.trace_id(trace) for trace in traces}


async def test_a_signed_body_that_is_no_event_is_in_the_dlq_with_headers() -> None:
    body = f"not an event: {uuid.uuid4()}".encode()
    async with reading(topics.WEBHOOK_DLQ) as reader:
        response = await post(body)
        assert response.status_code == 400
        [record] = [record for record in await reader.by_now() if record.value == body]
    headers = {name: value.decode() for name, value in record.headers}
    assert headers.pop("first_seen") <= f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime())}.999999+00:00"
    assert tracing.trace_id(headers.pop("traceparent")) == response.json()["trace_id"]
    assert headers == {
        "error_class": "EventError",
        "error_message": response.json()["error"],
        "stage": "gateway",
        "attempts": "1",
    }


async def test_a_body_of_one_mebibyte_is_accepted() -> None:
    event = wrap({"object": "customer", "id": "cus_large", "description": ""}, "customer.updated")
    event["data"]["object"]["description"] = "x" * (2**20 - len(msgspec.json.encode(event)))
    body = msgspec.json.encode(event)
    assert len(body) == 2**20
    assert (await post(body)).status_code == 200
    Ledger.default().append(event["id"], event["type"])


async def test_50_concurrent_copies_of_one_event_have_one_effect() -> None:
    event = next(each for each in simulate(events=20, seed=5) if each["type"] == "payment_intent.succeeded")
    body = msgspec.json.encode(event)
    answers = await asyncio.gather(*(post(body) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    Ledger.default().append(event["id"], event["type"])
    event_id = events.event_id(event["id"])

    async def rows() -> int:
        async with await psycopg.AsyncConnection.connect(Postgres().dsn) as connection:
            found = await connection.execute("SELECT count(*) FROM payment_events WHERE event_id = %s", [event_id])
            return (await found.fetchone() or [0])[0]

    async with asyncio.timeout(60):
        await until_consumed("normalizer", *topics.WEBHOOKS)
        await until_consumed("orchestrator", topics.NORMALIZED)
        while not await rows():  # noqa: ASYNC110 - the row is in another process
            await asyncio.sleep(0.1)
    settings = Temporal()
    temporal = await Client.connect(settings.address, namespace=settings.namespace)
    runs = [run async for run in temporal.list_workflows(f'WorkflowId = "payment-{event_id}"')]
    assert len(runs) == 1
    assert await rows() == 1


async def until_consumed(group: str, *names: str) -> None:
    """Return once the group has committed all that is in these topics now."""
    async with reading(*names) as reader:
        ends = await reader.ends()
        admin = AIOKafkaAdminClient(bootstrap_servers=Kafka().bootstrap_servers)
        await admin.start()
        try:
            while True:
                committed = await admin.list_consumer_group_offsets(group)
                if all(end == 0 or (part in committed and committed[part].offset >= end) for part, end in ends.items()):
                    return
                await asyncio.sleep(0.1)
        finally:
            await admin.close()


async def test_the_gateway_is_ready_and_measured() -> None:
    async with httpx.AsyncClient(base_url=GatewaySettings().url) as http:
        assert (await http.get("/healthz")).json() == {"status": "ok"}
        assert (await http.get("/readyz")).json() == {"status": "ready"}
        metrics = (await http.get("/metrics")).text
    assert f'gateway_accepted_total{{topic="{topics.UNROUTED}"}}' in metrics
    assert "process_resident_memory_bytes" in metrics


async def test_a_send_of_ones_own_decides_whether_kafka_has_it() -> None:
    async def refuse(_: AIOKafkaProducer, record: Record) -> None:
        asked.append(record.topic)
        raise NotEnoughReplicasError

    asked: list[str] = []
    settings = GatewaySettings(url=f"http://127.0.0.1:{free_port()}")
    with in_background(bootstrap(settings, verify=lambda *_: None, send=refuse), settings) as url:
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            answer = await http.post("/webhooks/stripe", content=msgspec.json.encode(wrap({"id": "ch_1"}, "charge.x")))
    assert (answer.status_code, asked) == (503, [topics.CHARGE])
    assert "NotEnoughReplicasError" in answer.json()["error"]
