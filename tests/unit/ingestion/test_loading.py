"""The protocol, with a crash injected at each of its points."""

import pyarrow as pa
import pytest
from pyiceberg.exceptions import CommitFailedException

from services.ingestion.lake import IcebergLake, IcebergTable
from services.ingestion.loading import Bronze, load
from services.ingestion.tables import PAYMENT_EVENTS, BronzeTable


class Crash(Exception):  # noqa: N818 - it plays kill -9, it is no error of ours
    """The process is gone."""


class CrashingTable(IcebergTable):
    """Dies before or after it commits."""

    def __init__(self, table: IcebergTable, *, after_commit: bool) -> None:
        super().__init__(table.table)
        self._after_commit = after_commit

    def append(self, batch_id: str, rows: pa.Table) -> None:
        if self._after_commit:
            super().append(batch_id, rows)
        raise Crash


class CrashingLake:
    def __init__(self, lake: IcebergLake, *, after_commit: bool) -> None:
        self._lake = lake
        self._after_commit = after_commit

    def open(self, table: BronzeTable) -> CrashingTable:
        return CrashingTable(self._lake.open(table), after_commit=self._after_commit)


def keys_in(lake: IcebergLake) -> list[str]:
    column = lake.open(PAYMENT_EVENTS).read().column("event_id")
    return sorted(str(value) for value in column.to_pylist())


def test_every_row_is_loaded_once_in_batches_of_bounded_size(bronze: Bronze, lake: IcebergLake) -> None:
    batches = list(load(PAYMENT_EVENTS, bronze, lake, max_rows=4))

    assert [batch.rows for batch in batches] == [4, 4, 2]
    assert len({batch.batch_id for batch in batches}) == 3
    assert keys_in(lake) == sorted(f"stripe:evt_{number}" for number in range(10))


def test_each_batch_is_one_snapshot_that_carries_its_id(bronze: Bronze, lake: IcebergLake) -> None:
    batches = list(load(PAYMENT_EVENTS, bronze, lake, max_rows=4))

    snapshots = lake.open(PAYMENT_EVENTS).table.snapshots()
    assert [snapshot.summary["load_batch_id"] for snapshot in snapshots if snapshot.summary] == [
        batch.batch_id for batch in batches
    ]


def test_a_second_run_loads_nothing_and_makes_no_snapshot(bronze: Bronze, lake: IcebergLake) -> None:
    list(load(PAYMENT_EVENTS, bronze, lake, max_rows=100))
    before = lake.open(PAYMENT_EVENTS).table.snapshots()

    assert list(load(PAYMENT_EVENTS, bronze, lake, max_rows=100)) == []
    assert lake.open(PAYMENT_EVENTS).table.snapshots() == before


@pytest.mark.parametrize("after_commit", [False, True], ids=["before the commit", "between commit and mark"])
def test_a_crash_is_mended_by_the_next_run(bronze: Bronze, lake: IcebergLake, *, after_commit: bool) -> None:
    with pytest.raises(Crash):
        list(load(PAYMENT_EVENTS, bronze, CrashingLake(lake, after_commit=after_commit), max_rows=4))

    batches = list(load(PAYMENT_EVENTS, bronze, lake, max_rows=4))

    assert [batch.recovered for batch in batches] == [True, False, False]
    assert keys_in(lake) == sorted(f"stripe:evt_{number}" for number in range(10))


def test_a_run_that_lost_its_lock_cannot_commit_what_another_run_recovered(bronze: Bronze, lake: IcebergLake) -> None:
    """Both hold the batch; the slower of the two was opened before the faster one committed."""
    slow = lake.open(PAYMENT_EVENTS)
    bronze.claim(PAYMENT_EVENTS, "contested", 10)
    rows = bronze.get_unloaded_events(PAYMENT_EVENTS, "contested")

    list(load(PAYMENT_EVENTS, bronze, lake, max_rows=4))

    with pytest.raises(CommitFailedException):
        slow.append("contested", rows)
    assert len(keys_in(lake)) == 10
