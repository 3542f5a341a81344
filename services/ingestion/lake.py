"""The Iceberg side: one commit per batch, and the search for a batch whose outcome is unknown."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from typing import cast

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import CommitFailedException, CommitStateUnknownException, NoSuchTableError, RESTError
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table, TableProperties
from pyiceberg.table.snapshots import ancestors_of
from requests import RequestException

from services.ingestion.columns import Column, added
from services.ingestion.datafiles import DataFiles
from services.ingestion.errors import ColumnChangedError, CommitUnconfirmedError
from services.ingestion.loading import Witness, Written
from services.ingestion.tables import BATCH_ID, BronzeTable

WITNESS_KEY = "bronze.witness-key"
WITNESS_BATCH_ID = "bronze.witness-batch-id"
"""Table properties, set by the commit that they tell of: unlike snapshots they do not expire."""

# A commit that lost a race must fail: pyiceberg would rebase it onto the winner's snapshot, and the winner may be
# another run that wrote this very batch.
_NO_REBASE = {TableProperties.COMMIT_NUM_RETRIES: "0"}


class IcebergTable:
    """An Iceberg table as of the moment it was opened, last looked at or committed to."""

    def __init__(self, table: Table) -> None:
        """Wrap a pyiceberg table."""
        self.table = table

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever committed to it."""
        return self.table.current_snapshot() is None

    @property
    def witness(self) -> Witness | None:
        """A row of the last commit; None before the first."""
        properties = self.table.properties
        return Witness(properties[WITNESS_KEY], properties[WITNESS_BATCH_ID]) if WITNESS_KEY in properties else None

    def evolve(self, columns: Sequence[Column]) -> None:
        """Add the fields that are missing, all of them optional: the rows already there read them as null.

        Raises:
            ColumnChangedError: a column changed its type, or is gone.
        """
        try:
            if new := added(self.table.schema(), columns):
                with self.table.update_schema() as update:
                    for column in new:
                        update.add_column(column.name, column.iceberg_type, doc="Added to bronze later")
        except ColumnChangedError as error:
            raise ColumnChangedError(f"{self.table.name()[-1]}: {error}. Nothing was loaded.") from error

    def holds(self, batch_id: str) -> bool:
        """Look among the current state's ancestors, and where they have expired or were compacted, in the rows."""
        self.table.refresh()
        snapshots = ancestors_of(self.table.current_snapshot(), self.table.metadata)
        if any(snapshot.summary and snapshot.summary.get(BATCH_ID) == batch_id for snapshot in snapshots):
            return True
        scan = self.table.scan(f"{BATCH_ID} == '{batch_id}'", selected_fields=(BATCH_ID,), limit=1)
        return scan.to_arrow().num_rows > 0

    def write(self, rows: Iterable[pa.RecordBatch]) -> Written:
        """Write data files: one piece is written while the next is read, and no more is in memory."""
        files: list[DataFile] = []
        count, last_key = 0, ""
        (key,) = self.table.schema().identifier_field_names()
        target = DataFiles(self.table)
        with ThreadPoolExecutor(max_workers=1) as writer:
            pending: Future[list[DataFile]] | None = None
            for piece in rows:
                if pending:
                    files += pending.result()
                count, last_key = count + piece.num_rows, str(piece[key][-1])
                pending = writer.submit(target.write, piece)
            if pending:
                files += pending.result()
        return Written(count, last_key, tuple(files))

    def commit(self, batch_id: str, written: Written) -> None:
        """Commit the files as one snapshot, and its witness with it.

        Raises:
            CommitUnconfirmedError: somebody else committed first, or the answer was lost.
        """
        witness = {WITNESS_KEY: written.last_key, WITNESS_BATCH_ID: batch_id}
        try:
            with self.table.transaction() as transaction:
                transaction.set_properties(witness)
                with transaction.update_snapshot(snapshot_properties={BATCH_ID: batch_id}).fast_append() as append:
                    for file in cast("tuple[DataFile, ...]", written.files):
                        append.append_data_file(file)
        except (CommitFailedException, CommitStateUnknownException, RESTError, RequestException) as error:
            raise CommitUnconfirmedError(f"{self.table.name()[-1]}, batch {batch_id}: {error}") from error

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
        try:
            found = self.catalog.load_table((self._namespace, table.name))
        except NoSuchTableError:
            found = self._create(table)
        if not found.properties.items() >= _NO_REBASE.items():
            with found.transaction() as transaction:
                transaction.set_properties(_NO_REBASE)
        return IcebergTable(found)

    def _create(self, table: BronzeTable) -> Table:
        self.catalog.create_namespace_if_not_exists(self._namespace)
        return self.catalog.create_table_if_not_exists(
            (self._namespace, table.name),
            schema=table.schema,
            partition_spec=table.partition_spec,
            properties={"comment": table.description, **_NO_REBASE},
        )
