"""A gateway in this process, with a hand-written publisher instead of Kafka and a clock that stands still."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.gateway.bootstrap import bootstrap
from tests.unit.gateway.harness import NOW, FakePublisher, Gateway, settings


@pytest.fixture
def publisher() -> FakePublisher:
    return FakePublisher()


@pytest.fixture
async def gateway(publisher: FakePublisher) -> AsyncIterator[Gateway]:
    app = bootstrap(settings(max_body_bytes=10_000, body_timeout_s=0.1), publish=publisher, clock=lambda: float(NOW))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
        yield Gateway(http, publisher)
