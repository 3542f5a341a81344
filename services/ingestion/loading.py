"""The protocol that takes each row from bronze to the lake exactly once, whatever dies in between.

A batch passes four points; a crash after any of them is mended by the next run:

1. claimed    its id is written down with its rows       found open, not in the lake: written
2. written    its data files are in the object store     found open, not in the lake: written again (orphan files stay)
3. committed  one snapshot holds it and carries its id   found open, in the lake: only marked
4. marked     `loaded_to_iceberg` is true                nothing to do
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

import pyarrow as pa

from services.ingestion.tables import BronzeTable


class Bronze(Protocol):
    """The source: PostgreSQL, whose flag `loaded_to_iceberg` is the work list."""

    def lock(self, table: BronzeTable) -> AbstractContextManager[None]:
        """Hold the table's load lock. Raises `IngestionBusyError`."""

    def open_batches(self, table: BronzeTable) -> list[str]:
        """Return the ids of batches that were claimed and never marked."""

    def claim(self, table: BronzeTable, batch_id: str, max_rows: int) -> int:
        """Write `batch_id` down with up to `max_rows` unloaded rows and return how many there were."""

    def get_unloaded_events(self, table: BronzeTable, batch_id: str) -> pa.Table:
        """Return the rows of an open batch, in the Iceberg table's Arrow schema."""

    def mark_as_loaded(self, table: BronzeTable, batch_id: str) -> int:
        """Set the flag on the batch's rows and return how many there were."""


class LakeTable(Protocol):
    """One Iceberg table, as of one moment."""

    def holds(self, batch_id: str) -> bool:
        """Look the batch up in the table's current state."""

    def append(self, batch_id: str, rows: pa.Table) -> None:
        """Commit the rows in one snapshot that carries the id, or fail if anybody committed since `holds` looked."""

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

    The lock keeps runs apart. Should it be lost (PostgreSQL restarted, say), the catalog still does: the Iceberg table
    was opened before the batch was claimed, or looked at to find it missing; a commit onto a later state is refused.
    """
    with bronze.lock(table):
        target = lake.open(table)
        for batch_id in bronze.open_batches(table):
            if not target.holds(batch_id):
                target.append(batch_id, bronze.get_unloaded_events(table, batch_id))
            yield LoadedBatch(batch_id, bronze.mark_as_loaded(table, batch_id), recovered=True)
        while bronze.claim(table, batch_id := new_id(), max_rows):
            target.append(batch_id, bronze.get_unloaded_events(table, batch_id))
            yield LoadedBatch(batch_id, bronze.mark_as_loaded(table, batch_id), recovered=False)
