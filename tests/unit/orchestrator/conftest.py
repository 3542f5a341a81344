"""Fixtures of the orchestrator's unit tests."""

from collections.abc import Callable
from datetime import datetime

import msgspec
import pytest

from services.contracts.events import UnifiedEvent
from tests.unit.orchestrator.fakes import EVENT, NOW, FakeBronze


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
