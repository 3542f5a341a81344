"""What the gateway's unit tests share: an event, a hand-written publisher, and a client that signs."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from services.contracts.settings import Kafka, Stripe
from services.gateway.errors import GatewayError
from services.gateway.routing import Record
from services.gateway.settings import GatewaySettings
from services.simulator.signing import sign

SECRET = "whsec_unit"
NOW = 1_790_000_000
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": NOW,
    "data": {"object": {"id": "pi_1", "object": "payment_intent", "amount": 4200}},
}


@dataclass
class FakePublisher:
    """Keeps the records, or fails as it is told to."""

    failure: GatewayError | None = None
    records: list[Record] = field(default_factory=list)

    async def __call__(self, record: Record) -> None:
        if self.failure:
            raise self.failure
        self.records.append(record)


@dataclass
class Gateway:
    """The gateway's client: signs as Stripe does unless it is given a header."""

    http: httpx.AsyncClient
    publisher: FakePublisher

    async def post(self, body: bytes, header: str | bytes | None = None) -> httpx.Response:
        return await self.http.post(
            "/webhooks/stripe", content=body, headers={"stripe-signature": header or sign(body, SECRET, NOW)}
        )

    async def post_event(self, **changes: Any) -> httpx.Response:  # noqa: ANN401 - any JSON
        return await self.post(json.dumps(EVENT | changes).encode())


def settings(**values: Any) -> GatewaySettings:  # noqa: ANN401 - whatever the settings take
    return GatewaySettings(stripe=Stripe(webhook_secret=SECRET), kafka=Kafka(bootstrap_servers="127.0.0.1:1"), **values)
