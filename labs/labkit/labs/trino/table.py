"""The café's payments: tables as the ingestion leaves them, with a small file for each hour."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
import pyarrow as pa
from pyiceberg.manifest import DataFile
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import DayTransform
from pyiceberg.types import DecimalType, LongType, NestedField, StringType, TimestamptzType

from labkit.servers import lake
from services.contracts.settings import Catalog
from services.ingestion.datafiles import DataFiles

NAMESPACE: Final = "lab08"
NAME: Final = "payments"
OPENING: Final = datetime(2026, 3, 2, tzinfo=UTC)
DAYS: Final = 6
HOURS: Final = 24
ROWS_PER_HOUR: Final = 500
ROWS_PER_DAY: Final = HOURS * ROWS_PER_HOUR
ROWS: Final = DAYS * ROWS_PER_DAY
CUSTOMERS: Final = 3_000
SCHEMA: Final = Schema(
    NestedField(1, "payment_no", LongType(), required=True),
    NestedField(2, "paid_at", TimestamptzType(), required=True),
    NestedField(3, "customer_id", LongType(), required=True),
    NestedField(4, "amount", DecimalType(20, 4), required=True),
    NestedField(5, "currency", StringType(), required=True),
    NestedField(6, "note", StringType(), required=False),
)
BY_DAY: Final = PartitionSpec(PartitionField(2, 1000, DayTransform(), "paid_at_day"))


def day(number: int) -> date:
    """Return the date of the café's n-th day, counted from 0."""
    return (OPENING + timedelta(days=number)).date()


def hour(number: int) -> pa.RecordBatch:
    """Return the payments of the n-th hour: the first at its first moment, customers all over the place."""
    numbers = np.arange(number * ROWS_PER_HOUR, (number + 1) * ROWS_PER_HOUR)
    seconds = (numbers - numbers[0]) * 3600 // ROWS_PER_HOUR
    start = np.datetime64((OPENING + timedelta(hours=number)).replace(tzinfo=None), "us")
    columns = {
        "payment_no": pa.array(numbers),
        "paid_at": pa.array(start + seconds.astype("timedelta64[s]")).cast(pa.timestamp("us", "UTC")),
        "customer_id": pa.array(numbers * 7919 % CUSTOMERS),
        "amount": pa.array(1 + numbers * 31 % 97, pa.int32()).cast(pa.decimal128(20, 4)),
        "currency": pa.array(np.where(numbers % 3, "USD", "EUR")),
        "note": pa.nulls(ROWS_PER_HOUR, pa.string()),
    }
    return pa.RecordBatch.from_pydict(columns)


def write(table: Table, hours: Sequence[int]) -> tuple[DataFile, ...]:
    """Write one file for each of these hours, by the ingestion's own writer; no snapshot knows them yet."""
    files = DataFiles(table)
    return tuple(file for number in hours for file in files.write(hour(number)))


def commit(table: Table, files: Sequence[DataFile]) -> None:
    """Make the files one snapshot."""
    with table.transaction() as transaction, transaction.update_snapshot().fast_append() as append:
        for file in files:
            append.append_data_file(file)


def payments() -> Table:
    """Return the table that is only read: six days, 24 files each. Made once, then used again."""
    catalog = lake.catalog(Catalog().warehouse)
    name = f"{NAMESPACE}.{NAME}"
    if catalog.table_exists(name):
        found = catalog.load_table(name)
        if (current := found.current_snapshot()) and current.summary and current.summary["total-records"] == str(ROWS):
            return found
    made = create(NAME)
    for number in range(DAYS):
        commit(made, write(made, range(number * HOURS, (number + 1) * HOURS)))
    return made


def create(name: str) -> Table:
    """Return an empty table in the place of one of the same name."""
    catalog = lake.catalog(Catalog().warehouse)
    catalog.create_namespace_if_not_exists(NAMESPACE)
    lake.remove(catalog, f"{NAMESPACE}.{name}")
    return catalog.create_table((NAMESPACE, name), schema=SCHEMA, partition_spec=BY_DAY)


def again(table: Table) -> Table:
    """Return the table as the catalog has it now."""
    return table.catalog.load_table(table.name())


@contextmanager
def small_files(name: str, batches: int) -> Iterator[Table]:
    """Yield a table of one day with so many commits of one file each; it is deleted when the block ends."""
    made = create(name)
    try:
        for number in range(batches):
            commit(made, write(made, [number]))
        yield made
    finally:
        lake.remove(made.catalog, f"{NAMESPACE}.{name}")
