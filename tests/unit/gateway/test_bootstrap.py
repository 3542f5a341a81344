import json

import httpx
import pytest
from starlette.applications import Starlette

from services.contracts import topics
from services.contracts.settings import Stripe
from services.gateway.bootstrap import bootstrap
from services.gateway.errors import BlankSecretError, SignatureError
from tests.unit.gateway.harness import EVENT, FakePublisher, settings


async def client(app: Starlette) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://gateway")


@pytest.mark.parametrize("secret", ["", " ", "\n"])
def test_a_blank_secret_is_refused_at_start(secret: str) -> None:
    blank = settings().model_copy(update={"stripe": Stripe(webhook_secret=secret)})
    with pytest.raises(BlankSecretError, match="STRIPE_WEBHOOK_SECRET"):
        bootstrap(blank)


async def test_a_verifier_of_ones_own_decides(publisher: FakePublisher) -> None:
    seen: list[tuple[bytes, str, str, float]] = []

    def verify(body: bytes, header: str, secret: str, now: float) -> None:
        seen.append((body, header, secret, now))
        if header != "open sesame":
            raise SignatureError("that is not the word")

    body = json.dumps(EVENT).encode()
    async with await client(bootstrap(settings(), verify=verify, publish=publisher, clock=lambda: 5.0)) as http:
        good = await http.post("/webhooks/stripe", content=body, headers={"stripe-signature": "open sesame"})
        bad = await http.post("/webhooks/stripe", content=body, headers={"stripe-signature": "open barley"})
    assert (good.status_code, bad.status_code) == (200, 400)
    assert bad.json()["error"] == "that is not the word"
    assert seen[0] == (body, "open sesame", "whsec_unit", 5.0)


async def test_a_verifier_that_fails_is_500_and_never_an_acceptance(publisher: FakePublisher) -> None:
    def verify(*_: object) -> None:
        raise KeyError("a bug")

    async with await client(bootstrap(settings(), verify=verify, publish=publisher)) as http:
        response = await http.post("/webhooks/stripe", content=b"{}")
    assert (response.status_code, response.json()["error"]) == (500, "the gateway failed: KeyError")
    assert publisher.records == []


async def test_health_is_ok_while_readiness_asks_kafka() -> None:
    async with await client(bootstrap(settings(produce_timeout_s=1))) as http:
        assert (await http.get("/healthz")).status_code == 200
        assert (await http.get("/readyz")).status_code == 503


async def test_without_kafka_the_gateway_is_ready(publisher: FakePublisher) -> None:
    async with await client(bootstrap(settings(), publish=publisher)) as http:
        assert (await http.get("/readyz")).status_code == 200


async def test_a_routing_of_ones_own_decides(publisher: FakePublisher) -> None:
    app = bootstrap(settings(), verify=lambda *_: None, route=lambda _: topics.UNROUTED, publish=publisher)
    async with await client(app) as http:
        answer = await http.post("/webhooks/stripe", content=json.dumps(EVENT).encode())
    assert (answer.status_code, answer.json()["topic"]) == (200, topics.UNROUTED)
    assert [record.topic for record in publisher.records] == [topics.UNROUTED]
