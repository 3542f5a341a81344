"""The protocol that takes each row from bronze to the lake exactly once, whatever dies in between.

A batch passes four points; a crash after any of them is mended by the next run:

1. claimed    its id is written down with its rows       found open, not in the lake: written
2. written    its data files are in the object store     found open, not in the lake: written again (orphan files stay)
3. committed  one snapshot holds it and carries its id   found open, in the lake: only marked
4. marked     `loaded_to_iceberg` is true                nothing to do
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

import pyarrow as pa

from services.ingestion.columns import Column
from services.ingestion.errors import CommitUnconfirmedError, SourceMismatchError
from services.ingestion.tables import BronzeTable

COMMIT_ATTEMPTS = 3


@dataclass(frozen=True)
class Witness:
    """One row of the batch committed last: its key, and the batch that brought it."""

    key: str
    batch_id: str


@dataclass(frozen=True)
class Written:
    """Data files in the object store that no snapshot holds yet. `files` are for the lake only."""

    rows: int
    last_key: str
    files: tuple[object, ...]


class Bronze(Protocol):
    """The source: PostgreSQL, whose flag `loaded_to_iceberg` is the work list."""

    def lock(self, table: BronzeTable) -> AbstractContextManager[None]:
        """Hold the table's load lock. Raises `IngestionBusyError`."""

    def columns(self, table: BronzeTable) -> list[Column]:
        """Return the columns to copy, as the database has them now."""

    def knows(self, table: BronzeTable, witness: Witness) -> bool:
        """Tell whether the witness is here, claimed by its batch."""

    def has_loaded_rows(self, table: BronzeTable) -> bool:
        """Tell whether any row is marked as loaded."""

    def open_batches(self, table: BronzeTable) -> list[str]:
        """Return the ids of batches that were claimed and never marked."""

    def claim(self, table: BronzeTable, batch_id: str, max_rows: int) -> int:
        """Write `batch_id` down with up to `max_rows` unloaded rows and return how many there were."""

    def get_unloaded_events(
        self, table: BronzeTable, batch_id: str, columns: Sequence[Column]
    ) -> Iterable[pa.RecordBatch]:
        """Stream the rows of an open batch, in pieces of bounded size."""

    def mark_as_loaded(self, table: BronzeTable, batch_id: str) -> int:
        """Set the flag on the batch's rows and return how many there were."""


class LakeTable(Protocol):
    """One Iceberg table, as of the moment it was opened, last looked at or committed to."""

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever committed to it."""

    @property
    def witness(self) -> Witness | None:
        """A row of the last commit; None before the first."""

    def evolve(self, columns: Sequence[Column]) -> None:
        """Add the fields that are missing. Raises `ColumnChangedError`."""

    def holds(self, batch_id: str) -> bool:
        """Look the batch up in the table's current state, which is fetched."""

    def write(self, rows: Iterable[pa.RecordBatch]) -> Written:
        """Write data files, holding a piece or two in memory at a time; readers of the table see nothing of it."""

    def commit(self, batch_id: str, written: Written) -> None:
        """Make the files one snapshot that carries the id, unless anybody committed since the state was fetched.

        Raises `CommitUnconfirmedError`.
        """

    def read(self) -> pa.Table:
        """Return every row."""


class Lake(Protocol):
    """The target."""

    def open(self, table: BronzeTable) -> LakeTable:
        """Return the Iceberg table, created if it is not there yet."""


@dataclass(frozen=True)
class LoadedBatch:
    """One batch that this run saw through to its mark; `recovered` if an earlier run had claimed it."""

    batch_id: str
    rows: int
    recovered: bool


def new_batch_id() -> str:
    """Return a batch id: a random UUID, 36 characters."""
    return str(uuid4())


def load(
    table: BronzeTable, bronze: Bronze, lake: Lake, *, max_rows: int, new_id: Callable[[], str] = new_batch_id
) -> Iterator[LoadedBatch]:
    """Finish every open batch, then load what is unloaded, `max_rows` at a time; yield each batch once it is marked.

    The lock keeps runs apart. Should it be lost (PostgreSQL restarted, say), the catalog still does: the Iceberg
    table's state was fetched before the batch was claimed, or when it was looked at to find it missing; a commit onto
    a later state is refused, and then looked up.

    Raises:
        IngestionBusyError: another run holds the lock.
        SourceMismatchError: bronze is not the database that the Iceberg table was loaded from.
        ColumnChangedError: a column changed its type, or is gone.
        CommitUnconfirmedError: the catalog would not take a batch; it stays open.
    """
    with bronze.lock(table):
        target = lake.open(table)
        _require_one_history(table, bronze, target)
        columns = bronze.columns(table)
        target.evolve(columns)
        for batch_id in bronze.open_batches(table):
            if not target.holds(batch_id):
                _write_and_commit(target, batch_id, bronze.get_unloaded_events(table, batch_id, columns))
            yield LoadedBatch(batch_id, bronze.mark_as_loaded(table, batch_id), recovered=True)
        while bronze.claim(table, batch_id := new_id(), max_rows):
            _write_and_commit(target, batch_id, bronze.get_unloaded_events(table, batch_id, columns))
            yield LoadedBatch(batch_id, bronze.mark_as_loaded(table, batch_id), recovered=False)


def _write_and_commit(target: LakeTable, batch_id: str, rows: Iterable[pa.RecordBatch]) -> None:
    written = target.write(rows)
    if not written.rows:  # a run that took over while we had lost the lock has marked the batch meanwhile
        return
    for attempt in range(1, COMMIT_ATTEMPTS + 1):
        try:
            target.commit(batch_id, written)
        except CommitUnconfirmedError:
            if target.holds(batch_id):
                return
            if attempt == COMMIT_ATTEMPTS:
                raise
        else:
            return


def _require_one_history(table: BronzeTable, bronze: Bronze, target: LakeTable) -> None:
    """Refuse a bronze that is not, or no longer, what the lake was loaded from, and the other way round.

    What identifies a source is not its name or address, which a database that was emptied, or restored from an older
    backup, keeps. It is its history: the row that the last commit brought must be there, and claimed by that batch.
    """
    if (witness := target.witness) and not bronze.knows(table, witness):
        raise SourceMismatchError(
            f"{table.name}: bronze does not have the row {witness.key} of batch {witness.batch_id}, the last that was "
            "loaded: it was emptied, restored from before that batch, or is another database. Nothing was loaded. "
            "Bring that database back; or, if the lake is to start anew with this one, drop the Iceberg table."
        )
    if target.is_new and bronze.has_loaded_rows(table):
        raise SourceMismatchError(
            f"{table.name}: bronze has rows that are marked as loaded, but the Iceberg table is empty: it was dropped, "
            "or is in another catalog. Nothing was loaded. Bring that table back; or, to load every row again, set "
            "loaded_to_iceberg to false and load_batch_id to null on each of them."
        )
