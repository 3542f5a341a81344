"""The protocol, with a crash injected at each of its points."""

from collections.abc import Sequence

import pytest

from services.ingestion.columns import Column
from services.ingestion.errors import CommitUnconfirmedError, SourceMismatchError
from services.ingestion.lake import IcebergLake, IcebergTable
from services.ingestion.loading import Bronze, Written, load
from services.ingestion.tables import PAYMENT_EVENTS, BronzeTable
from tests.unit.ingestion.conftest import MemoryBronze


class Crash(Exception):  # noqa: N818 - it plays kill -9, it is no error of ours
    """The process is gone."""


class FailingTable(IcebergTable):
    """Its commits fail, as often as it is told, before or after they happened."""

    def __init__(self, table: IcebergTable, error: Exception, *, after_commit: bool, times: int) -> None:
        super().__init__(table.table)
        self._error, self._after_commit, self._times = error, after_commit, times

    def commit(self, batch_id: str, written: Written) -> None:
        if not self._times:
            super().commit(batch_id, written)
            return
        self._times -= 1
        if self._after_commit:
            super().commit(batch_id, written)
        raise self._error


class FailingLake:
    def __init__(self, lake: IcebergLake, error: Exception, *, after_commit: bool, times: int = 1) -> None:
        self._lake, self._error, self._after_commit, self._times = lake, error, after_commit, times

    def open(self, table: BronzeTable) -> FailingTable:
        return FailingTable(self._lake.open(table), self._error, after_commit=self._after_commit, times=self._times)


KEYS = sorted(f"stripe:evt_{number}" for number in range(10))
when = pytest.mark.parametrize("after_commit", [False, True], ids=["before the commit", "after the commit"])


def keys_in(lake: IcebergLake) -> list[str]:
    column = lake.open(PAYMENT_EVENTS).read().column("event_id")
    return sorted(str(value) for value in column.to_pylist())


def test_every_row_is_loaded_once_in_batches_of_bounded_size(bronze: Bronze, lake: IcebergLake) -> None:
    batches = list(load(PAYMENT_EVENTS, bronze, lake, max_rows=4))

    assert [batch.rows for batch in batches] == [4, 4, 2]
    assert len({batch.batch_id for batch in batches}) == 3
    assert keys_in(lake) == KEYS


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


@when
def test_a_crash_is_mended_by_the_next_run(bronze: Bronze, lake: IcebergLake, *, after_commit: bool) -> None:
    with pytest.raises(Crash):
        list(load(PAYMENT_EVENTS, bronze, FailingLake(lake, Crash(), after_commit=after_commit), max_rows=4))

    batches = list(load(PAYMENT_EVENTS, bronze, lake, max_rows=4))

    assert [batch.recovered for batch in batches] == [True, False, False]
    assert keys_in(lake) == KEYS


@when
def test_an_answer_that_was_lost_is_found_out_in_the_same_run(
    bronze: Bronze, lake: IcebergLake, *, after_commit: bool
) -> None:
    lost = FailingLake(lake, CommitUnconfirmedError("504"), after_commit=after_commit)

    batches = list(load(PAYMENT_EVENTS, bronze, lost, max_rows=4))

    assert [batch.rows for batch in batches] == [4, 4, 2]
    assert keys_in(lake) == KEYS


def test_a_catalog_that_never_takes_the_commit_leaves_the_batch_open(bronze: MemoryBronze, lake: IcebergLake) -> None:
    down = FailingLake(lake, CommitUnconfirmedError("504"), after_commit=False, times=100)
    with pytest.raises(CommitUnconfirmedError):
        list(load(PAYMENT_EVENTS, bronze, down, max_rows=4))

    assert len(bronze.open_batches(PAYMENT_EVENTS)) == 1
    assert keys_in(lake) == []


def test_a_run_that_lost_its_lock_cannot_commit_what_another_run_recovered(bronze: Bronze, lake: IcebergLake) -> None:
    """Both hold the batch; the slower of the two was opened before the faster one committed."""
    slow = lake.open(PAYMENT_EVENTS)
    bronze.claim(PAYMENT_EVENTS, "contested", 10)
    written = slow.write(bronze.get_unloaded_events(PAYMENT_EVENTS, "contested", bronze.columns(PAYMENT_EVENTS)))

    list(load(PAYMENT_EVENTS, bronze, lake, max_rows=4))

    with pytest.raises(CommitUnconfirmedError):
        slow.commit("contested", written)
    assert slow.holds("contested")
    assert keys_in(lake) == KEYS


def test_a_batch_that_another_run_marked_before_it_was_read_makes_no_snapshot(
    bronze: MemoryBronze, lake: IcebergLake
) -> None:
    class Overtaken(MemoryBronze):
        def get_unloaded_events(self, table: BronzeTable, batch_id: str, columns: Sequence[Column]) -> list[object]:  # type: ignore[override]  # noqa: ARG002 - the port's signature
            return []

    overtaken = Overtaken(list(bronze.batch_of))

    list(load(PAYMENT_EVENTS, overtaken, lake, max_rows=10))

    assert lake.open(PAYMENT_EVENTS).is_new


def test_a_bronze_without_the_row_that_was_loaded_last_is_refused(bronze: MemoryBronze, lake: IcebergLake) -> None:
    list(load(PAYMENT_EVENTS, bronze, lake, max_rows=100))
    restarted = MemoryBronze(list(bronze.batch_of))

    with pytest.raises(SourceMismatchError, match="payment_events: bronze does not have the row stripe:evt_9"):
        list(load(PAYMENT_EVENTS, restarted, lake, max_rows=100))
    assert keys_in(lake) == KEYS


def test_a_new_lake_below_a_bronze_that_was_loaded_elsewhere_is_refused(
    bronze: MemoryBronze, lake: IcebergLake
) -> None:
    list(load(PAYMENT_EVENTS, bronze, lake, max_rows=100))
    lake.catalog.drop_table("data.payment_events")

    with pytest.raises(SourceMismatchError, match="marked as loaded, but the Iceberg table is empty"):
        list(load(PAYMENT_EVENTS, bronze, lake, max_rows=100))


def test_a_column_added_upstream_is_null_in_the_rows_that_were_there(bronze: MemoryBronze, lake: IcebergLake) -> None:
    list(load(PAYMENT_EVENTS, bronze, lake, max_rows=100))
    bronze.added.append(Column("wallet", "text"))
    bronze.batch_of["stripe:evt_new"] = None

    list(load(PAYMENT_EVENTS, bronze, lake, max_rows=100))

    table = lake.open(PAYMENT_EVENTS)
    assert table.table.schema().column_names[-1] == "wallet"
    assert table.read()["wallet"].null_count == 11
