"""Each row once, on the real database and the real catalog. What may die in between is in tests/faults."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import psycopg
import pytest

from services.contracts import iceberg
from services.ingestion.errors import IngestionBusyError
from services.ingestion.lake import IcebergLake
from services.ingestion.postgres import PostgresResource
from services.ingestion.tables import PAYMENT_EVENTS, QUARANTINE
from tests.integration.ingestion.harness import INSERT, Scratch, until

pytestmark = pytest.mark.integration


def test_a_thousand_rows_are_loaded_once_and_marked(scratch: Scratch) -> None:
    scratch.insert(1, 1000)

    assert scratch.load() == [400, 400, 200]
    assert len(scratch.in_iceberg()) == 1000
    assert scratch.in_iceberg() == scratch.in_bronze("loaded_to_iceberg AND loaded_at IS NOT NULL")


def test_amounts_times_and_metadata_arrive_as_they_were(scratch: Scratch) -> None:
    scratch.insert(1590, 1590)
    scratch.load()

    (row,) = scratch.table().scan().to_arrow().to_pylist()
    (stored,) = scratch.execute("SELECT provider_created_at, ingested_at FROM payment_events")
    assert row["amount"] == Decimal("15.9000")
    assert row["metadata"] == '{"order": "1"}'
    assert (row["provider_created_at"], row["ingested_at"]) == stored


def test_an_empty_batch_makes_no_snapshot(scratch: Scratch) -> None:
    assert list(scratch.ingestion().load(QUARANTINE)) == []
    assert IcebergLake(iceberg.load, scratch.settings.namespace).open(QUARANTINE).is_new

    scratch.insert(1, 10)
    scratch.load()
    assert scratch.load() == []
    assert len(scratch.table().snapshots()) == 1


def test_rows_that_become_visible_out_of_order_are_loaded(scratch: Scratch) -> None:
    """It got its id and its `ingested_at` before the rows that were loaded, and was committed after them."""
    with psycopg.connect(scratch.settings.postgres.dsn) as slow:
        slow.execute(INSERT, [1, 1])
        scratch.insert(2, 10)
        assert scratch.load() == [9]

    assert scratch.load() == [1]
    scratch.assert_each_once()


def test_a_second_run_waits_for_the_first_and_then_refuses(scratch: Scratch) -> None:
    scratch.insert(1, 10)
    first = PostgresResource(scratch.settings.postgres, 1)
    with first.lock(PAYMENT_EVENTS), pytest.raises(IngestionBusyError, match="payment_events: another run"):
        scratch.load()

    assert scratch.load() == [10]


def test_two_claims_at_once_never_share_a_row(scratch: Scratch) -> None:
    """Even without the lock: the one that comes second waits for the first one's rows, and leaves them to it."""
    scratch.insert(1, 100)
    claim = "UPDATE payment_events SET load_batch_id = 'first' WHERE id <= 60"
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with psycopg.connect(scratch.settings.postgres.dsn) as first, ThreadPoolExecutor(1) as threads:
        first.execute(claim)
        second = threads.submit(PostgresResource(scratch.settings.postgres, 1).claim, PAYMENT_EVENTS, "second", 100)
        until(lambda: scratch.execute(waiting) == [(1,)], "the second waits for the first")
        first.commit()
        assert second.result() == 40

    assert len(scratch.in_bronze("load_batch_id = 'first'")) == 60


def test_a_large_claim_takes_no_longer_when_the_statistics_are_stale(scratch: Scratch) -> None:
    """They say that every row is claimed, so the planner expects to find none; a nested loop took minutes here."""
    scratch.insert(1, 40_000)
    scratch.execute("UPDATE payment_events SET load_batch_id = 'earlier'")
    scratch.execute("ANALYZE payment_events")
    scratch.execute("UPDATE payment_events SET load_batch_id = NULL")
    bronze = PostgresResource(scratch.settings.postgres, 1)
    scratch.execute(f"ALTER DATABASE \"{scratch.settings.postgres.db}\" SET statement_timeout = '30s'")

    assert bronze.claim(PAYMENT_EVENTS, "claimed", 30_000) == 30_000
    assert scratch.execute("SELECT max(id) - min(id) FROM payment_events WHERE load_batch_id = 'claimed'") == [
        (29_999,)
    ]
