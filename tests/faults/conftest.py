"""What a fault test needs. README.md tells how to use it."""

import asyncio
import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from services.simulator import client
from services.simulator.events import StripeEvent
from services.simulator.summary import Summary
from stack import lifecycle, testing
from stack.context import Context
from stack.journey import bootstrap as journey
from stack.manifest import services
from stack.progress import Reporter
from tests.faults import processes, proxies

SETTLE_S = 120


@pytest.fixture(autouse=True)
def whole_again(live_pipeline: Context) -> Iterator[None]:
    """Before a test the live pipeline is up; after it nothing may be lost or doubled, whatever the test broke."""
    yield
    lifecycle.up((*testing.LIVE_SERVERS, *services()), live_pipeline, Reporter())
    found = journey.reconcile(SETTLE_S, live=True)  # `lakehouse reconcile --live`, without a process for each test
    assert found.exit_code == 0, (found.comparisons, found.repetitions, found.census.unavailable)


@pytest.fixture
def supervised() -> processes.Supervised:
    """The platform's processes: `kill`, `stop`, `start`, `pid`."""
    return processes.Supervised()


@pytest.fixture
def stand_in(tmp_path: Path) -> Callable[..., AbstractContextManager[processes.StandIn]]:
    """`with stand_in("orchestrator", POSTGRES_PORT="…") as process:` runs it in the place of the supervised one."""
    numbers = itertools.count()

    def standing_in(name: str, **options: Any) -> AbstractContextManager[processes.StandIn]:  # noqa: ANN401 - theirs
        return processes.stand_in(name, tmp_path / f"{name}.{next(numbers)}.log", **options)

    return standing_in


@pytest.fixture(name="proxies")
def proxies_in_front() -> Iterator[proxies.Proxies]:
    """`proxies.to("postgres")` gives a connection that can be `cut`, `slow`, `stall`ed and `mend`ed."""
    with proxies.running() as made:
        yield made


@pytest.fixture
def send() -> Callable[[Iterable[StripeEvent]], Summary]:
    """Send through the real gateway, with the ledger that reconcile goes by. In a coroutine await `client.send`."""
    return lambda events: asyncio.run(client.send(events))
