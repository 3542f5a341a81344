"""The Iceberg side: one commit per batch, and the search for a batch whose outcome is unknown."""

from collections.abc import Callable
from functools import cached_property

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.table import Table, TableProperties
from pyiceberg.table.snapshots import ancestors_of

from services.ingestion.tables import BronzeTable

BATCH_ID = "load_batch_id"
"""Names both the snapshot property and the column."""


class IcebergTable:
    """An Iceberg table as of the moment it was opened or last looked at."""

    def __init__(self, table: Table) -> None:
        """Wrap a pyiceberg table."""
        self.table = table

    def holds(self, batch_id: str) -> bool:
        """Look among the current state's ancestors, and where they have expired or were compacted, in the rows."""
        self.table.refresh()
        snapshots = ancestors_of(self.table.current_snapshot(), self.table.metadata)
        if any(snapshot.summary and snapshot.summary.get(BATCH_ID) == batch_id for snapshot in snapshots):
            return True
        scan = self.table.scan(f"{BATCH_ID} == '{batch_id}'", selected_fields=(BATCH_ID,), limit=1)
        return scan.to_arrow().num_rows > 0

    def append(self, batch_id: str, rows: pa.Table) -> None:
        """Commit the rows as one snapshot.

        Raises:
            pyiceberg.exceptions.CommitFailedException: somebody else committed first; nothing was changed.
            pyiceberg.exceptions.CommitStateUnknownException: the catalog's answer was lost; `holds` will tell.
        """
        self.table.append(rows, snapshot_properties={BATCH_ID: batch_id})

    def read(self) -> pa.Table:
        """Return every row, all of them in memory."""
        return self.table.scan().to_arrow()


class IcebergLake:
    """The namespace of a catalog that holds the copies of the bronze tables."""

    def __init__(self, load_catalog: Callable[[], Catalog], namespace: str) -> None:
        """Take the catalog's loader, since loading it needs the server, and the wiring must not."""
        self._load_catalog = load_catalog
        self._namespace = namespace

    @cached_property
    def catalog(self) -> Catalog:
        """The catalog, loaded when it is first asked for."""
        return self._load_catalog()

    def open(self, table: BronzeTable) -> IcebergTable:
        """Return the table; create it, and its namespace, on first use."""
        self.catalog.create_namespace_if_not_exists(self._namespace)
        return IcebergTable(
            self.catalog.create_table_if_not_exists(
                (self._namespace, table.name),
                schema=table.schema,
                partition_spec=table.partition_spec,
                properties={
                    "comment": table.description,
                    # A commit that lost a race must fail: pyiceberg would rebase it onto the winner's snapshot, and the
                    # winner may be another run that wrote this very batch.
                    TableProperties.COMMIT_NUM_RETRIES: "0",
                },
            )
        )
