"""What a batch is made of: the real ingestion's own calls, one by one, for one table.

This module travels as code to a process that is killed, so it imports nothing of labkit.
"""

from collections.abc import Callable, Sequence
from typing import cast

import pyarrow as pa

from services.ingestion.bootstrap import Ingestion
from services.ingestion.lake import IcebergTable
from services.ingestion.loading import Written
from services.ingestion.tables import PAYMENT_EVENTS


class Steps:
    """The steps of a batch. `after` is told of each call once it has returned."""

    def __init__(self, ingestion: Ingestion, after: Callable[[str], object] = lambda _: None) -> None:
        self._bronze = ingestion.bronze
        self._target = cast("IcebergTable", ingestion.lake.open(PAYMENT_EVENTS))
        self._after = after

    def open_batches(self) -> list[str]:
        """Return the ids that were claimed in bronze, and whose rows are not marked."""
        found = self._bronze.open_batches(PAYMENT_EVENTS)
        self._after("open_batches")
        return found

    def claim(self, batch_id: str) -> int:
        """Write the id down in bronze, with every row that no batch has; return how many there were."""
        rows = self._bronze.claim(PAYMENT_EVENTS, batch_id, max_rows=1000)
        self._after("claim")
        return rows

    def holds(self, batch_id: str) -> bool:
        """Tell whether the Iceberg table has this batch."""
        found = self._target.holds(batch_id)
        self._after("holds")
        return found

    def read(self, batch_id: str) -> list[pa.RecordBatch]:
        """Return the batch's rows, unless they are marked."""
        columns = self._bronze.columns(PAYMENT_EVENTS)
        rows = list(self._bronze.get_unloaded_events(PAYMENT_EVENTS, batch_id, columns))
        self._after("read")
        return rows

    def write(self, rows: Sequence[pa.RecordBatch]) -> Written:
        """Write data files, of which no snapshot knows yet."""
        written = self._target.write(rows)
        self._after("write")
        return written

    def commit(self, batch_id: str, written: Written) -> None:
        """Make the files a snapshot of the table, which carries the id."""
        self._target.commit(batch_id, written)
        self._after("commit")

    def mark(self, batch_id: str) -> int:
        """Mark the batch's rows in bronze as loaded and return how many there were."""
        rows = self._bronze.mark_as_loaded(PAYMENT_EVENTS, batch_id)
        self._after("mark")
        return rows
