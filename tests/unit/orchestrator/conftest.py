"""Fixtures of the orchestrator's unit tests."""

from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec
import pytest

from services.contracts.events import UnifiedEvent
from tests.unit.orchestrator.fakes import EVENT, NOW, FakeBronze
from tests.unit.orchestrator.inference_in_a_thread import inference_service


@pytest.fixture
def event() -> Callable[..., UnifiedEvent]:
    """Build a good event with some fields changed."""
    return lambda **changes: msgspec.structs.replace(EVENT, **changes)


@pytest.fixture
def bronze() -> FakeBronze:
    return FakeBronze()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def inference_url() -> Iterator[str]:
    """A real inference service in a thread, on a free port."""
    with inference_service() as url:
        yield url
