"""The feature tables in Iceberg: replaced as a whole, in one commit that says what they were made of."""

from datetime import datetime

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.table import Table

from services.features.errors import NoFeaturesError

CUSTOMERS = "customer_features"
MERCHANTS = "merchant_features"
SOURCE_SNAPSHOT = "marts.snapshot-id"
NEWEST_FACT = "marts.newest-fact"
"""Snapshot properties: of which facts the rows are, and when the newest of these was stored."""


def replace(catalog: Catalog, name: str, rows: pa.Table, source_snapshot: int, newest_fact: datetime) -> int:
    """Make these the table's rows and return the snapshot's id. Readers see the old rows or the new."""
    namespace, _ = name.split(".")
    catalog.create_namespace_if_not_exists(namespace)
    table = _matching(catalog, name, rows.schema)
    properties = {SOURCE_SNAPSHOT: str(source_snapshot), NEWEST_FACT: newest_fact.isoformat()}
    # Of a new table there is nothing to delete, and pyiceberg warns whoever tries.
    write = table.overwrite if table.current_snapshot() else table.append
    write(rows, snapshot_properties=properties)
    snapshot = table.current_snapshot()
    assert snapshot is not None  # noqa: S101 - there is one after a commit
    return snapshot.snapshot_id


def _matching(catalog: Catalog, name: str, schema: pa.Schema) -> Table:
    """Return the table with this schema. Features of another schema are another version of the code's: made anew."""
    try:
        table = catalog.load_table(name)
    except NoSuchTableError:
        return catalog.create_table(name, schema=schema)
    if schema_to_pyarrow(table.schema(), include_field_ids=False).names == schema.names:
        return table
    catalog.drop_table(name)
    return catalog.create_table(name, schema=schema)


def opened(catalog: Catalog, name: str) -> Table:
    """Return a feature table.

    Raises:
        NoFeaturesError: it was never built.
    """
    try:
        return catalog.load_table(name)
    except NoSuchTableError:
        raise NoFeaturesError(f"{name} is not there; `python -m services.features build` makes it") from None


def source_snapshot(table: Table) -> int:
    """Return the snapshot of the facts that the rows were made of."""
    snapshot = table.current_snapshot()
    if snapshot is None or snapshot.summary is None:
        raise NoFeaturesError(f"{table.name()[-1]} has no rows; `python -m services.features build` makes them")
    return int(str(snapshot.summary[SOURCE_SNAPSHOT]))
