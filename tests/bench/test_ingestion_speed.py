"""Reading, writing and committing N rows, against the least that could be done: COPY to nowhere, and one Parquet file.

Both in one run, in turn, five times. Claiming and marking the rows, PostgreSQL's own UPDATEs, are reported beside it.
The rows arrived on one day, as those of a batch do, but for the one at midnight: one partition.
"""

import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.contracts import iceberg
from services.ingestion.lake import IcebergLake
from services.ingestion.loading import LakeTable
from services.ingestion.postgres import PostgresResource
from services.ingestion.tables import PAYMENT_EVENTS
from tests.bench.recording import record
from tests.integration.ingestion import harness
from tests.integration.ingestion.harness import Scratch

pytestmark = [pytest.mark.integration, pytest.mark.bench, pytest.mark.timeout(900)]

ONE_DAY = harness.INSERT.replace("now() - (i %% 3) * interval '1 day'", "now()")
ROUNDS = 5
AT_MOST = 2.0
GROWTH_AT_MOST = 10.0
PEAK_MIB_AT_MOST = 600


@pytest.fixture
def scratch() -> Iterator[Scratch]:
    with harness.scratch(batch_rows=1_000_000) as mine:
        yield mine


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


class Contest:
    """One claimed batch, loaded again and again: by us, and by the floor."""

    def __init__(self, scratch: Scratch, folder: Path, rows: int) -> None:
        self._dsn = scratch.settings.postgres.dsn
        self._parquet = folder / "floor.parquet"
        self._batch_id = str(uuid.uuid4())
        self._bronze = PostgresResource(scratch.settings.postgres, 60, scratch.settings.piece_mib)
        self._target: LakeTable = IcebergLake(iceberg.load, scratch.settings.namespace).open(PAYMENT_EVENTS)
        scratch.execute(ONE_DAY, 1, rows)
        self.claim_s = seconds(lambda: self._bronze.claim(PAYMENT_EVENTS, self._batch_id, rows))
        scratch.execute("ANALYZE payment_events")
        self._columns = self._bronze.columns(PAYMENT_EVENTS)
        self._rows = pa.Table.from_batches(self._pieces())
        assert self._rows.num_rows == rows

    def _pieces(self) -> Iterator[pa.RecordBatch]:
        return iter(self._bronze.get_unloaded_events(PAYMENT_EVENTS, self._batch_id, self._columns))

    def ours(self) -> None:
        self._target.commit(str(uuid.uuid4()), self._target.write(self._pieces()))

    def floor(self) -> None:
        columns = ", ".join(column.name for column in self._columns)
        statement = f"COPY (SELECT {columns} FROM payment_events) TO STDOUT (FORMAT binary)"  # noqa: S608 - constants
        with psycopg.connect(self._dsn) as connection, connection.cursor().copy(statement.encode()) as copy:
            for _ in copy:
                pass
        pq.write_table(self._rows, self._parquet, compression="zstd")

    def mark_s(self) -> float:
        return seconds(lambda: self._bronze.mark_as_loaded(PAYMENT_EVENTS, self._batch_id))


def test_ingestion_is_at_most_twice_its_floor_and_grows_no_faster_than_its_rows(tmp_path: Path) -> None:
    medians, ratios = {}, []
    for rows in (100_000, 1_000_000):
        with harness.scratch() as scratch:
            contest = Contest(scratch, tmp_path, rows)
            contest.ours(), contest.floor()  # warm
            runs = [(seconds(contest.ours), seconds(contest.floor)) for _ in range(ROUNDS)]
            ours, floor = ([run[side] for run in runs] for side in (0, 1))
            ratio = record(f"ingestion_{rows}_rows", ours, floor, unit="s", target=AT_MOST)
            medians[rows] = statistics.median(ours)
            print(  # noqa: T201 - a benchmark reports
                f"{rows} rows: {medians[rows]:.2f} s, {ratio:.2f} times the floor; "
                f"claim {contest.claim_s:.1f} s, mark {contest.mark_s():.1f} s"
            )
            ratios.append(ratio)
    small, large = medians.values()
    growth = record("ingestion_growth_10_times_the_rows", [large], [small], unit="s", target=GROWTH_AT_MOST)
    assert max(ratios) <= AT_MOST
    assert growth <= GROWTH_AT_MOST


def test_a_million_rows_are_loaded_in_bounded_memory(scratch: Scratch) -> None:
    scratch.insert(1, 1_000_000)

    found = harness.result(scratch.process())

    peak_mib = int(str(found["peak_kib"])) / 1024
    print(f"a million rows in one commit: {peak_mib:.0f} MiB at most")  # noqa: T201 - a benchmark reports
    assert found["rows"] == [1_000_000]
    assert len(scratch.table().snapshots()) == 1
    assert peak_mib < PEAK_MIB_AT_MOST
