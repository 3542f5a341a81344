"""A bronze database in memory, and a real Iceberg catalog in a folder."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.catalog.sql import SqlCatalog

from services.ingestion.columns import Column
from services.ingestion.lake import IcebergLake
from services.ingestion.loading import Witness
from services.ingestion.tables import BronzeTable

BRONZE_TYPES = {
    "string": "text",
    "int": "integer",
    "long": "bigint",
    "double": "double precision",
    "decimal(20, 4)": "numeric(20,4)",
    "timestamptz": "timestamp with time zone",
}
SAMPLES: dict[pa.DataType, object] = {
    pa.large_string(): "text",
    pa.int32(): 1,
    pa.int64(): 1590,
    pa.float64(): 0.5,
    pa.decimal128(20, 4): Decimal("15.9000"),
    pa.timestamp("us", tz="UTC"): datetime(2026, 3, 2, 10, tzinfo=UTC),
}


class MemoryBronze:
    """A work list without a server: for each key, the batch that claimed it and whether it is marked."""

    def __init__(self, keys: list[str]) -> None:
        self.batch_of: dict[str, str | None] = dict.fromkeys(keys)
        self.loaded: set[str] = set()
        self.locked: list[str] = []
        self.added: list[Column] = []

    @contextmanager
    def lock(self, table: BronzeTable) -> Iterator[None]:
        self.locked.append(table.name)
        yield

    def columns(self, table: BronzeTable) -> list[Column]:
        fields = table.schema.fields
        return [*(Column(field.name, BRONZE_TYPES[str(field.field_type)]) for field in fields), *self.added]

    def knows(self, table: BronzeTable, witness: Witness) -> bool:  # noqa: ARG002 - the port's signature
        return self.batch_of.get(witness.key) == witness.batch_id

    def has_loaded_rows(self, table: BronzeTable) -> bool:  # noqa: ARG002 - the port's signature
        return bool(self.loaded)

    def open_batches(self, table: BronzeTable) -> list[str]:  # noqa: ARG002 - the port's signature
        return sorted({batch for key, batch in self.batch_of.items() if batch and key not in self.loaded})

    def claim(self, table: BronzeTable, batch_id: str, max_rows: int) -> int:  # noqa: ARG002 - the port's signature
        claimed = [key for key, batch in self.batch_of.items() if batch is None][:max_rows]
        self.batch_of.update(dict.fromkeys(claimed, batch_id))
        return len(claimed)

    def get_unloaded_events(
        self, table: BronzeTable, batch_id: str, columns: Sequence[Column]
    ) -> Iterator[pa.RecordBatch]:
        (key,) = table.schema.identifier_field_names()
        found = rows(table, key, self._keys(batch_id), batch_id)
        for column in columns:
            if column.name not in found.column_names:
                found = found.append_column(column.name, pa.nulls(found.num_rows, pa.string()))
        yield from found.to_batches(max_chunksize=3)

    def mark_as_loaded(self, table: BronzeTable, batch_id: str) -> int:  # noqa: ARG002 - the port's signature
        keys = self._keys(batch_id)
        self.loaded.update(keys)
        return len(keys)

    def _keys(self, batch_id: str) -> list[str]:
        return [key for key, batch in self.batch_of.items() if batch == batch_id and key not in self.loaded]


def rows(table: BronzeTable, key: str, keys: list[str], batch_id: str) -> pa.Table:
    """Rows that differ in nothing but their key."""
    schema = table.schema.as_arrow()
    columns = {field.name: [SAMPLES[field.type]] * len(keys) for field in schema}
    return pa.table(columns | {key: keys, "load_batch_id": [batch_id] * len(keys)}, schema=schema)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[IcebergLake]:
    catalog = SqlCatalog("unit", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}/warehouse")
    yield IcebergLake(lambda: catalog, "data")
    catalog.close()


@pytest.fixture
def bronze() -> MemoryBronze:
    return MemoryBronze([f"stripe:evt_{number}" for number in range(10)])
