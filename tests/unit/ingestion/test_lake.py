"""How a batch is looked up, on a real Iceberg table."""

from typing import Any

import pytest

from services.ingestion.lake import IcebergLake, IcebergTable
from services.ingestion.loading import Bronze
from services.ingestion.tables import PAYMENT_EVENTS, QUARANTINE


@pytest.fixture
def table(bronze: Bronze, lake: IcebergLake) -> IcebergTable:
    """A table whose first commit holds `one`, its second `two`."""
    table = lake.open(PAYMENT_EVENTS)
    for batch_id in ("one", "two"):
        bronze.claim(PAYMENT_EVENTS, batch_id, 5)
        table.append(batch_id, bronze.get_unloaded_events(PAYMENT_EVENTS, batch_id))
    return table


def test_a_committed_batch_is_found_and_another_is_not(table: IcebergTable) -> None:
    assert table.holds("one")
    assert not table.holds("three")


def test_a_batch_is_found_after_its_snapshot_expired(table: IcebergTable) -> None:
    first = table.table.snapshots()[0].snapshot_id
    table.table.maintenance.expire_snapshots().by_id(first).commit()

    assert [snapshot.snapshot_id for snapshot in table.table.refresh().snapshots()] != [first]
    assert table.holds("one")


def test_a_batch_that_was_rolled_back_is_not_found(table: IcebergTable) -> None:
    first = table.table.snapshots()[0].snapshot_id
    table.table.manage_snapshots().rollback_to_snapshot(first).commit()

    assert table.holds("one")
    assert not table.holds("two")


def test_a_table_is_partitioned_by_the_day_of_arrival_and_documented(lake: IcebergLake) -> None:
    table: Any = lake.open(QUARANTINE).table

    assert str(table.spec().fields[0].transform) == "day"
    assert all(field.doc for field in table.schema().fields)


def test_opening_a_table_twice_creates_it_once_and_makes_no_snapshot(lake: IcebergLake) -> None:
    first, second = lake.open(QUARANTINE), lake.open(QUARANTINE)

    assert first.table.metadata.table_uuid == second.table.metadata.table_uuid
    assert second.table.current_snapshot() is None
