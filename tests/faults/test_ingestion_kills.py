"""A run of the ingestion, killed with -9 at each point of its protocol; and two runs at once."""

import subprocess
from collections.abc import Iterator

import psycopg
import pytest

from services.ingestion.tables import PAYMENT_EVENTS
from tests.faults import catalog_proxy
from tests.faults.catalog_proxy import CatalogProxy
from tests.integration.ingestion import harness
from tests.integration.ingestion.harness import Scratch, until

pytestmark = [pytest.mark.integration, pytest.mark.fault]

UPDATE_WAITS = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%SET loaded_to_iceberg = true%'
"""
LOCK_HOLDERS = """
    SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE locktype = 'advisory' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture(autouse=True)
def whole_again() -> None:
    """Nothing that is shared is broken here, so the live pipeline is neither needed nor compared."""


@pytest.fixture
def scratch() -> Iterator[Scratch]:
    with harness.scratch(lock_timeout_s=30) as mine:
        yield mine


@pytest.fixture
def catalog(scratch: Scratch) -> Iterator[CatalogProxy]:  # noqa: ARG001 - the servers are up once there is a scratch
    with catalog_proxy.running() as proxy:
        yield proxy


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def recovered(scratch: Scratch) -> list[bool]:
    return [batch.recovered for batch in scratch.ingestion().load(PAYMENT_EVENTS)]


def test_killed_before_the_commit(scratch: Scratch, catalog: CatalogProxy) -> None:
    """The data files are written, and the commit is on its way."""
    scratch.insert(1, 1000)
    catalog.hold_requests()
    process = scratch.process(CATALOG_URI=catalog.url)
    until(catalog.reached.is_set, "the commit is sent")
    kill(process)
    assert len(scratch.in_bronze("load_batch_id IS NOT NULL AND NOT loaded_to_iceberg")) == 400
    assert scratch.in_iceberg() == []
    scratch.insert(1001, 1100)

    assert recovered(scratch) == [True, False, False]
    scratch.assert_each_once()


def test_killed_before_a_commit_that_lands_all_the_same(scratch: Scratch, catalog: CatalogProxy) -> None:
    """It was on its way when the next run, too, looked the batch up and did not find it: only one of both can win."""
    scratch.insert(1, 400)
    catalog.hold_requests()
    process = scratch.process(CATALOG_URI=catalog.url)
    until(catalog.reached.is_set, "the commit is sent")
    kill(process)

    assert recovered(scratch) == [True]
    catalog.release.set()
    until(lambda: catalog.answered, "the catalog has answered the commit of the dead")
    assert catalog.answered == [409]
    scratch.assert_each_once()


def test_killed_after_the_commit_and_before_the_mark(scratch: Scratch, catalog: CatalogProxy) -> None:
    scratch.insert(1, 1000)
    catalog.hold_answers()
    process = scratch.process(CATALOG_URI=catalog.url)
    until(catalog.reached.is_set, "the commit landed")
    kill(process)
    assert len(scratch.in_iceberg()) == 400
    assert scratch.in_bronze("loaded_to_iceberg") == []
    scratch.insert(1001, 1100)

    assert recovered(scratch) == [True, False, False]
    scratch.assert_each_once()


def test_killed_during_the_mark(scratch: Scratch, catalog: CatalogProxy) -> None:
    """Its UPDATE has begun, and waits for a row that we hold."""
    scratch.insert(1, 1000)
    catalog.hold_answers()
    process = scratch.process(CATALOG_URI=catalog.url)
    until(catalog.reached.is_set, "the commit landed")
    with psycopg.connect(scratch.settings.postgres.dsn) as holder:
        holder.execute("SELECT FROM payment_events WHERE event_id = 'stripe:evt_200' FOR UPDATE")
        catalog.release.set()
        until(lambda: scratch.execute(UPDATE_WAITS), "the mark waits for the row")
        kill(process)
    assert scratch.in_bronze("loaded_to_iceberg") == []

    assert recovered(scratch) == [True, False, False]
    scratch.assert_each_once()


def test_two_runs_at_once(scratch: Scratch) -> None:
    scratch.insert(1, 1000)

    first, second = (scratch.process(INGESTION_LOCK_TIMEOUT_S="60") for _ in range(2))

    rows = [harness.result(process)["rows"] for process in (first, second)]
    assert sorted(rows) == [[], [400, 400, 200]]
    scratch.assert_each_once()


def test_two_runs_at_once_after_the_first_one_lost_its_lock(scratch: Scratch, catalog: CatalogProxy) -> None:
    """The lock goes with its connection. Then both hold the same batch, and the catalog decides."""
    scratch.insert(1, 1000)
    catalog.hold_requests()
    first = scratch.process(CATALOG_URI=catalog.url)
    until(catalog.reached.is_set, "the first is about to commit")
    assert scratch.execute(LOCK_HOLDERS) == [(True,)]

    assert recovered(scratch) == [True, False, False]
    catalog.release.set()
    first.communicate(timeout=harness.WITHIN_S)

    assert scratch.load() == []
    scratch.assert_each_once()
    assert len(scratch.table().snapshots()) == 3


@pytest.mark.parametrize("answer", ["answer_504", "drop_answer"])
def test_catalog_answering_504_after_a_commit_that_landed(scratch: Scratch, catalog: CatalogProxy, answer: str) -> None:
    """The run itself finds out from the table; no batch is left open, and none is written twice."""
    scratch.insert(1, 1000)
    getattr(catalog, answer)()

    found = harness.result(scratch.process(CATALOG_URI=catalog.url))

    assert catalog.reached.is_set()
    assert found["rows"] == [400, 400, 200]
    assert len(scratch.table().snapshots()) == catalog.commits == 3
    assert scratch.load() == []
    scratch.assert_each_once()
