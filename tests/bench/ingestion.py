"""Reading, writing and committing rows, against the least that could be done: COPY to nowhere and one Parquet file.

Claiming and marking the rows, PostgreSQL's own UPDATEs, are told beside it. The rows arrived on one day, as those of a
batch do, but for the one at midnight: one partition.
"""

import json
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from services.contracts import iceberg
from services.ingestion.lake import IcebergLake
from services.ingestion.loading import LakeTable
from services.ingestion.postgres import PostgresResource
from services.ingestion.tables import PAYMENT_EVENTS
from tests.bench.measured import BenchmarkError
from tests.bench.result import Result, Target, interleaved
from tests.integration.ingestion import harness
from tests.integration.ingestion.harness import Scratch

FEW, MANY = 100_000, 1_000_000
ONE_DAY = harness.INSERT.replace("now() - (i %% 3) * interval '1 day'", "now()")


def against_floor() -> Result:
    """Read, write and commit a million rows, against `COPY … (FORMAT binary)` to nowhere and one Parquet write."""
    with _contest(MANY) as contest:
        contest.ours(), contest.floor()  # warm
        runs = interleaved(lambda: _seconds(contest.ours), lambda: _seconds(contest.floor))
        beside = {"claim_s": contest.claim_s, "mark_s": contest.mark_s()}
    return Result(runs, "s", Target("at most", 2), {"ingestion": _peak_mib()}, beside)


def growth() -> Result:
    """Read, write and commit a million rows, against a hundred thousand."""
    with _contest(MANY) as many, _contest(FEW) as few:
        many.ours(), few.ours()  # warm
        runs = interleaved(lambda: _seconds(many.ours), lambda: _seconds(few.ours))
    return Result(runs, "s", Target("at most", 10))


class Contest:
    """One claimed batch, loaded again and again: by us, and by the floor."""

    def __init__(self, scratch: Scratch, folder: Path, rows: int) -> None:
        """Store the rows, and claim them."""
        self._dsn = scratch.settings.postgres.dsn
        self._parquet = folder / "floor.parquet"
        self._batch_id = str(uuid.uuid4())
        self._bronze = PostgresResource(scratch.settings.postgres, 60, scratch.settings.piece_mib)
        self._target: LakeTable = IcebergLake(iceberg.load, scratch.settings.namespace).open(PAYMENT_EVENTS)
        scratch.execute(ONE_DAY, 1, rows)
        self.claim_s = _seconds(lambda: self._bronze.claim(PAYMENT_EVENTS, self._batch_id, rows))
        scratch.execute("ANALYZE payment_events")
        self._columns = self._bronze.columns(PAYMENT_EVENTS)
        self._rows = pa.Table.from_batches(self._pieces())
        if self._rows.num_rows != rows:
            raise BenchmarkError(f"{self._rows.num_rows} rows were claimed, not {rows}")

    def ours(self) -> None:
        """Load the batch."""
        self._target.commit(str(uuid.uuid4()), self._target.write(self._pieces()))

    def floor(self) -> None:
        """Read the same rows to nowhere, then write them, which are in memory already, to one file."""
        columns = ", ".join(column.name for column in self._columns)
        statement = f"COPY (SELECT {columns} FROM payment_events) TO STDOUT (FORMAT binary)"  # noqa: S608 - constants
        with psycopg.connect(self._dsn) as connection, connection.cursor().copy(statement.encode()) as copy:
            for _ in copy:
                pass
        pq.write_table(self._rows, self._parquet, compression="zstd")

    def mark_s(self) -> float:
        """Mark the batch and return how long that took."""
        return _seconds(lambda: self._bronze.mark_as_loaded(PAYMENT_EVENTS, self._batch_id))

    def _pieces(self) -> Iterator[pa.RecordBatch]:
        return iter(self._bronze.get_unloaded_events(PAYMENT_EVENTS, self._batch_id, self._columns))


@contextmanager
def _contest(rows: int) -> Iterator[Contest]:
    with harness.scratch() as scratch, tempfile.TemporaryDirectory() as folder:
        yield Contest(scratch, Path(folder), rows)


def _peak_mib() -> int:
    """Return the peak memory of a whole run, a process of its own, that loads a million rows in one commit."""
    with harness.scratch(batch_rows=MANY) as scratch:
        scratch.insert(1, MANY)
        run = scratch.process()
        output, _ = run.communicate()
    if run.returncode:
        raise BenchmarkError(f"the run failed:\n{output[-2000:]}")
    return int(json.loads(output.splitlines()[-1])["peak_kib"]) >> 10


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
