"""Fixtures of the orchestrator's integration tests."""

from collections.abc import AsyncIterator, Iterator

import pytest

from services.contracts.settings import Postgres
from tests.integration.orchestrator.harness import NOBODY_LISTENS, Harness, harness
from tests.unit.orchestrator.inference_in_a_thread import inference_service


@pytest.fixture(scope="session")
def inference_url() -> Iterator[str]:
    """A real inference service in a thread, on a free port."""
    with inference_service() as url:
        yield url


@pytest.fixture
async def orchestrator(scratch_database: Postgres, inference_url: str) -> AsyncIterator[Harness]:
    async with harness(scratch_database, inference_url) as ready:
        yield ready


@pytest.fixture
async def orchestrator_without_inference(scratch_database: Postgres) -> AsyncIterator[Harness]:
    async with harness(scratch_database, NOBODY_LISTENS) as ready:
        yield ready
