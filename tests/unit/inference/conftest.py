"""Fixtures of the inference service's unit tests."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.unit.inference.inference_examples import client_of


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service with its baseline rules."""
    async with client_of() as connected:
        yield connected
