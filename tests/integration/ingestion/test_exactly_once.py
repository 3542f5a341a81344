"""Each row once, on the real database and the real catalog, whatever dies in between."""

from collections.abc import Callable
from decimal import Decimal

import psycopg
import pyarrow as pa
import pytest

from services.contracts import iceberg
from services.ingestion.bootstrap import bootstrap
from services.ingestion.errors import IngestionBusyError
from services.ingestion.lake import IcebergLake, IcebergTable
from services.ingestion.postgres import PostgresResource
from services.ingestion.settings import IngestionSettings
from services.ingestion.tables import PAYMENT_EVENTS, QUARANTINE, BronzeTable

pytestmark = pytest.mark.integration


class Crash(Exception):  # noqa: N818 - it plays kill -9, it is no error of ours
    """The process is gone."""


class CrashBeforeCommit(IcebergLake):
    def open(self, table: BronzeTable) -> IcebergTable:
        class Dying(IcebergTable):
            def append(self, batch_id: str, rows: pa.Table) -> None:  # noqa: ARG002 - the port's signature
                raise Crash

        return Dying(super().open(table).table)


class CrashAfterCommit(IcebergLake):
    def open(self, table: BronzeTable) -> IcebergTable:
        class Dying(IcebergTable):
            def append(self, batch_id: str, rows: pa.Table) -> None:
                super().append(batch_id, rows)
                raise Crash

        return Dying(super().open(table).table)


class CrashInTheMark(PostgresResource):
    def mark_as_loaded(self, table: BronzeTable, batch_id: str) -> int:  # noqa: ARG002 - the port's signature
        """Die with the update sent, and not committed."""
        with psycopg.connect(self._settings.dsn) as connection:
            connection.execute(f"UPDATE {table.name} SET loaded_to_iceberg = true")  # noqa: S608 - a constant
            raise Crash


def in_iceberg(settings: IngestionSettings) -> list[str]:
    table = IcebergLake(iceberg.load, settings.namespace).open(PAYMENT_EVENTS)
    return sorted(str(event_id) for event_id in table.read().column("event_id").to_pylist())


def in_bronze(settings: IngestionSettings, condition: str = "true") -> list[str]:
    with psycopg.connect(settings.postgres.dsn) as connection:
        rows = connection.execute(f"SELECT event_id FROM payment_events WHERE {condition}")  # noqa: S608 - constants
        return sorted(row[0] for row in rows)


def test_a_thousand_rows_are_loaded_once_and_marked(
    settings: IngestionSettings, insert: Callable[[int, int], None]
) -> None:
    insert(1, 1000)

    assert [batch.rows for batch in bootstrap(settings).load(PAYMENT_EVENTS)] == [400, 400, 200]
    assert in_iceberg(settings) == in_bronze(settings, "loaded_to_iceberg AND loaded_at IS NOT NULL")
    assert len(in_iceberg(settings)) == 1000


def test_amounts_times_and_metadata_arrive_as_they_were(
    settings: IngestionSettings, insert: Callable[[int, int], None]
) -> None:
    insert(1590, 1590)
    list(bootstrap(settings).load(PAYMENT_EVENTS))

    (row,) = IcebergLake(iceberg.load, settings.namespace).open(PAYMENT_EVENTS).read().to_pylist()
    with psycopg.connect(settings.postgres.dsn) as connection:
        stored = connection.execute("SELECT provider_created_at, ingested_at FROM payment_events").fetchone()
    assert row["amount"] == Decimal("15.9000")
    assert row["metadata"] == '{"order": "1"}'
    assert (row["provider_created_at"], row["ingested_at"]) == stored


def test_a_second_run_loads_nothing_and_makes_no_snapshot(
    settings: IngestionSettings, insert: Callable[[int, int], None]
) -> None:
    insert(1, 10)
    ingestion = bootstrap(settings)
    list(ingestion.load(PAYMENT_EVENTS))

    assert list(ingestion.load(PAYMENT_EVENTS)) == []
    assert len(IcebergLake(iceberg.load, settings.namespace).open(PAYMENT_EVENTS).table.snapshots()) == 1


def test_an_empty_table_makes_no_snapshot(settings: IngestionSettings) -> None:
    assert list(bootstrap(settings).load(QUARANTINE)) == []
    assert IcebergLake(iceberg.load, settings.namespace).open(QUARANTINE).table.current_snapshot() is None


def test_a_row_that_becomes_visible_late_is_loaded(
    settings: IngestionSettings, insert: Callable[[int, int], None], insert_statement: str
) -> None:
    """It got its id and its `ingested_at` before the rows that were loaded, and was committed after them."""
    with psycopg.connect(settings.postgres.dsn) as slow:
        slow.execute(insert_statement, [1, 1])
        insert(2, 10)
        assert [batch.rows for batch in bootstrap(settings).load(PAYMENT_EVENTS)] == [9]

    assert [batch.rows for batch in bootstrap(settings).load(PAYMENT_EVENTS)] == [1]
    assert in_iceberg(settings) == in_bronze(settings)


@pytest.mark.parametrize("lake", [CrashBeforeCommit, CrashAfterCommit], ids=["before the commit", "after the commit"])
def test_a_crash_around_the_commit_loses_and_doubles_nothing(
    settings: IngestionSettings, insert: Callable[[int, int], None], lake: type[IcebergLake]
) -> None:
    insert(1, 1000)
    with pytest.raises(Crash):
        list(bootstrap(settings, lake=lake(iceberg.load, settings.namespace)).load(PAYMENT_EVENTS))
    insert(1001, 1100)

    batches = list(bootstrap(settings).load(PAYMENT_EVENTS))

    assert [batch.recovered for batch in batches] == [True, False, False]
    assert in_iceberg(settings) == in_bronze(settings, "loaded_to_iceberg")
    assert len(in_iceberg(settings)) == 1100


def test_a_crash_in_the_mark_loses_and_doubles_nothing(
    settings: IngestionSettings, insert: Callable[[int, int], None]
) -> None:
    insert(1, 1000)
    dying = CrashInTheMark(settings.postgres, settings.lock_timeout_s)
    with pytest.raises(Crash):
        list(bootstrap(settings, bronze=dying).load(PAYMENT_EVENTS))
    assert in_bronze(settings, "loaded_to_iceberg") == []

    list(bootstrap(settings).load(PAYMENT_EVENTS))

    assert in_iceberg(settings) == in_bronze(settings, "loaded_to_iceberg")
    assert len(in_iceberg(settings)) == 1000


def test_a_batch_whose_snapshot_expired_before_the_mark_is_not_written_again(
    settings: IngestionSettings, insert: Callable[[int, int], None]
) -> None:
    insert(1, 10)
    with pytest.raises(Crash):
        list(bootstrap(settings, lake=CrashAfterCommit(iceberg.load, settings.namespace)).load(PAYMENT_EVENTS))
    table = IcebergLake(iceberg.load, settings.namespace).open(PAYMENT_EVENTS).table
    (lost,) = table.snapshots()
    table.append(table.scan().to_arrow().slice(0, 0))
    table.maintenance.expire_snapshots().by_id(lost.snapshot_id).commit()

    list(bootstrap(settings).load(PAYMENT_EVENTS))

    assert in_iceberg(settings) == in_bronze(settings, "loaded_to_iceberg")


def test_a_second_run_waits_for_the_first_and_then_refuses(
    settings: IngestionSettings, insert: Callable[[int, int], None]
) -> None:
    insert(1, 10)
    first = bootstrap(settings)
    with (
        PostgresResource(settings.postgres, settings.lock_timeout_s).lock(PAYMENT_EVENTS),
        pytest.raises(IngestionBusyError, match="payment_events: another run"),
    ):
        list(first.load(PAYMENT_EVENTS))

    assert [batch.rows for batch in first.load(PAYMENT_EVENTS)] == [10]
