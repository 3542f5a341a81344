"""The café's payments: rows that tell a story, and tables of them for the checks to work on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
from pyiceberg.catalog import Catalog as IcebergCatalog
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import DayTransform
from pyiceberg.types import DecimalType, NestedField, StringType, TimestamptzType

from labkit.labs.lakehouse import names, setup
from labkit.servers import lake, warehouse

SCHEMA = Schema(
    NestedField(1, "payment_id", StringType(), required=True),
    NestedField(2, "paid_at", TimestamptzType(), required=True),
    NestedField(3, "amount", DecimalType(20, 4), required=True),
    NestedField(4, "currency", StringType(), required=True),
    NestedField(5, "note", StringType(), required=False),
)
BY_DAY = PartitionSpec(PartitionField(2, 1000, DayTransform(), "paid_at_day"))
OPENING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def payments(*amounts: str, day: int = 0) -> list[dict[str, Any]]:
    """Return a payment in dollars per amount, an hour apart, on the café's opening day or days later."""
    return [
        {
            "payment_id": f"pi_{day}_{number}",
            "paid_at": OPENING + timedelta(days=day, hours=number),
            "amount": Decimal(amount),
            "currency": "USD",
            "note": f"table {number}",
        }
        for number, amount in enumerate(amounts, start=1)
    ]


def append(table: Table, rows: list[dict[str, Any]]) -> None:
    """Commit rows as one snapshot."""
    table.append(pa.Table.from_pylist(rows, schema=table.schema().as_arrow()))


@contextmanager
def table_of_ones_own(what: str) -> Iterator[Table]:
    """Yield an empty table of payments that Trino sees too, and delete it when the block ends."""
    catalog = setup.open_catalog()
    setup.open_trino()
    name = f"{names.NAMESPACE}.{names.own(what)}"
    with lake.gone_afterwards(catalog, name):
        yield catalog.create_table(name, SCHEMA, names.location(name), BY_DAY)


def kept_table(what: str, snapshots: int, live: Callable[[Table], None]) -> Table:
    """Return a table for checks that only read it: made once, with a life of this many snapshots, then used again."""
    catalog = setup.open_catalog()
    setup.open_trino()
    name = f"{names.NAMESPACE}.check_{what}"
    if catalog.table_exists(name):
        table = catalog.load_table(name)
        if len(table.snapshots()) == snapshots:
            return table
    lake.remove(catalog, name)
    table = catalog.create_table(name, SCHEMA, names.location(name), BY_DAY)
    live(table)
    return again(table)


def again(table: Table) -> Table:
    """Return the table as the catalog has it now, whatever a learner's function did to the object."""
    catalog: IcebergCatalog = table.catalog
    return catalog.load_table(table.name())


def in_trino(table: Table, suffix: str = "") -> str:
    """Return what Trino calls a table, or one of its metadata tables (`$files`, `$snapshots`)."""
    return f'{names.CATALOG}.{names.NAMESPACE}."{table.name()[-1]}{suffix}"'


def ask(table: Table, columns: str, suffix: str = "") -> list[tuple[Any, ...]]:
    """Return these columns of a table, or of one of its metadata tables, as Trino reads them."""
    return [tuple(row) for row in warehouse.query(f"SELECT {columns} FROM {in_trino(table, suffix)}").rows]  # noqa: S608 - ours
