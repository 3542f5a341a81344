"""How a batch is written and looked up, on a real Iceberg table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from pyiceberg.table import TableProperties

from services.ingestion.lake import IcebergLake, IcebergTable
from services.ingestion.loading import Bronze, Witness
from services.ingestion.tables import PAYMENT_EVENTS, QUARANTINE


@pytest.fixture
def table(bronze: Bronze, lake: IcebergLake) -> IcebergTable:
    """A table whose first commit holds `one`, its second `two`."""
    table = lake.open(PAYMENT_EVENTS)
    columns = bronze.columns(PAYMENT_EVENTS)
    for batch_id in ("one", "two"):
        bronze.claim(PAYMENT_EVENTS, batch_id, 5)
        table.commit(batch_id, table.write(bronze.get_unloaded_events(PAYMENT_EVENTS, batch_id, columns)))
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


def test_the_witness_is_a_row_of_the_last_commit_and_outlives_its_snapshot(
    table: IcebergTable, lake: IcebergLake
) -> None:
    for snapshot in table.table.snapshots()[:-1]:
        table.table.maintenance.expire_snapshots().by_id(snapshot.snapshot_id).commit()

    assert lake.open(PAYMENT_EVENTS).witness == Witness("stripe:evt_9", "two")


def test_what_is_written_but_not_committed_is_seen_by_nobody(bronze: Bronze, lake: IcebergLake) -> None:
    table = lake.open(PAYMENT_EVENTS)
    bronze.claim(PAYMENT_EVENTS, "one", 10)

    written = table.write(bronze.get_unloaded_events(PAYMENT_EVENTS, "one", bronze.columns(PAYMENT_EVENTS)))

    assert (written.rows, len(written.files)) == (10, 4)
    assert table.read().num_rows == 0
    assert not table.holds("one")


def test_a_piece_becomes_one_file_for_each_day_of_arrival(bronze: Bronze, lake: IcebergLake) -> None:
    table = lake.open(PAYMENT_EVENTS)
    bronze.claim(PAYMENT_EVENTS, "one", 10)
    pieces = bronze.get_unloaded_events(PAYMENT_EVENTS, "one", bronze.columns(PAYMENT_EVENTS))
    rows = pa.Table.from_batches(pieces).combine_chunks()
    days = [datetime(2026, 3, 1, 23, 59, tzinfo=UTC) + timedelta(minutes=number % 3) for number in range(10)]
    index = rows.schema.get_field_index("ingested_at")
    rows = rows.set_column(index, rows.schema.field(index), pa.array(days, rows.schema.field(index).type))

    table.commit("one", table.write(rows.to_batches()))

    partitions: Any = table.table.inspect.partitions().select(["partition", "record_count"]).to_pylist()
    counts = {str(row["partition"]["ingested_at_day"]): row["record_count"] for row in partitions}
    assert counts == {"2026-03-01": 4, "2026-03-02": 6}
    assert sorted(table.read()["ingested_at"].to_pylist()) == sorted(days)


def test_a_table_is_partitioned_by_the_day_of_arrival_and_documented(lake: IcebergLake) -> None:
    table: Any = lake.open(QUARANTINE).table

    assert str(table.spec().fields[0].transform) == "day"
    assert all(field.doc for field in table.schema().fields)


def test_opening_a_table_twice_creates_it_once_and_makes_no_snapshot(lake: IcebergLake) -> None:
    first, second = lake.open(QUARANTINE), lake.open(QUARANTINE)

    assert first.table.metadata.table_uuid == second.table.metadata.table_uuid
    assert second.is_new
    assert second.witness is None


def test_a_table_that_would_rebase_lost_commits_is_set_right(lake: IcebergLake) -> None:
    table = lake.open(QUARANTINE).table
    with table.transaction() as transaction:
        transaction.set_properties({TableProperties.COMMIT_NUM_RETRIES: "4"})

    assert lake.open(QUARANTINE).table.properties[TableProperties.COMMIT_NUM_RETRIES] == "0"
