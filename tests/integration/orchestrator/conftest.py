"""Fixtures of the orchestrator's integration tests."""

import threading
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from services.contracts.settings import Postgres
from services.inference.bootstrap import bootstrap
from services.inference.settings import InferenceSettings
from tests.integration.orchestrator.harness import Harness, harness

NOBODY_LISTENS = "http://127.0.0.1:1"


@pytest.fixture(scope="session")
def inference_url() -> Iterator[str]:
    """A real inference service in a thread, on a free port."""
    server = bootstrap(InferenceSettings(url="http://127.0.0.1:0"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
async def orchestrator(scratch_database: Postgres, inference_url: str) -> AsyncIterator[Harness]:
    async with harness(scratch_database, inference_url) as ready:
        yield ready


@pytest.fixture
async def orchestrator_without_inference(scratch_database: Postgres) -> AsyncIterator[Harness]:
    async with harness(scratch_database, NOBODY_LISTENS) as ready:
        yield ready
