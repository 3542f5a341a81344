"""Fixtures that every test may use. Integration tests run on real servers, beside the learner's platform.

The servers start with the first test that needs them and stay up for the next run of pytest; `make test` starts from
nothing and stops them. `LAKEHOUSE_STATE=.lakehouse/test lakehouse down` stops them by hand.
"""

import os
import signal
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql

from services.contracts.bronze.migrate import upgrade
from services.contracts.settings import Postgres
from stack import testing
from stack.progress import Reporter

testing.use_test_state()

# How long an example takes says more about what else the machine does than about the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def live_pipeline() -> object:
    """Everything from the gateway to bronze, ready: Kafka, Temporal, PostgreSQL (migrated) and the four services."""
    return testing.bring_up(Reporter(), testing.LIVE_SERVERS)


@pytest.fixture(scope="session")
def pipeline() -> object:
    """All six servers and the four services, ready."""
    return testing.bring_up(Reporter())


@pytest.fixture(scope="session")
def platform(pipeline: object) -> object:
    """All six servers, ready, with topics and migrations done. The services run too: they are part of it."""
    return pipeline


@pytest.fixture
def scratch_database(live_pipeline: object) -> Iterator[Postgres]:  # noqa: ARG001 - asked for its servers
    """A migrated bronze database of this test's own: a `Postgres` settings object."""
    shared = Postgres()
    name = f"scratch_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(shared.dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    scratch = Postgres(db=name)
    upgrade(scratch)
    yield scratch
    with psycopg.connect(shared.dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Take SIGINT as a terminal's Ctrl-C: a shell that started us in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a Polaris where there is none; the reason says how to get it."""
    if "LAKEHOUSE_POLARIS_HOME" in os.environ:
        return
    reason = "no Polaris here: set LAKEHOUSE_POLARIS_HOME to the folder of its release"
    for item in items:
        if item.get_closest_marker("polaris"):
            item.add_marker(pytest.mark.skip(reason=reason))
