"""Arrow to Parquet in the object store: one data file per piece and partition.

pyiceberg's own `append` does this too, but only for rows that are all in memory; and where a table is partitioned it
filters them once per partition, which costs as much as all the writing
(https://github.com/apache/iceberg-python/issues/2152).
"""

import itertools
import uuid
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.io.pyarrow import schema_to_pyarrow, write_file
from pyiceberg.manifest import DataFile
from pyiceberg.partitioning import PartitionFieldValue, PartitionKey
from pyiceberg.table import Table, WriteTask


class DataFiles:
    """Writes files for a table as its schema and partitioning are now."""

    def __init__(self, table: Table) -> None:
        """Take the table; nothing is written yet."""
        self._io = table.io
        self._metadata = table.metadata
        self._arrow_schema = _without_large_strings(schema_to_pyarrow(table.schema(), include_field_ids=False))
        self._id = uuid.uuid4()
        self._numbers = itertools.count()

    def write(self, piece: pa.RecordBatch) -> list[DataFile]:
        """Write one file for each partition that the piece has rows of; columns are matched by name.

        Raises:
            pyarrow.ArrowInvalid: a value does not fit its field.
            OSError: the object store did not take a file.
        """
        rows = piece.select(self._arrow_schema.names).cast(self._arrow_schema)
        tasks = (
            WriteTask(
                self._id,
                next(self._numbers),
                self._metadata.schema(),
                [part],
                partition_key=key,
            )
            for key, part in self._by_partition(rows)
        )
        return list(write_file(self._io, self._metadata, tasks))

    def _by_partition(self, rows: pa.RecordBatch) -> Iterator[tuple[PartitionKey, pa.RecordBatch]]:
        """Split by the one field that the tables are partitioned by: sorted once, then sliced."""
        schema, spec = self._metadata.schema(), self._metadata.spec()
        (field,) = spec.fields
        source = schema.find_field(field.source_id)
        values = field.transform.pyarrow_transform(source.field_type)(rows[source.name])
        counted = pc.value_counts(values)
        counts: list[tuple[Any, Any]] = sorted(
            zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)
        )
        if len(counts) > 1:
            rows = rows.take(pc.sort_indices(values))
        start = 0
        for value, count in counts:
            key = PartitionKey([PartitionFieldValue(field, value)], spec, schema)
            yield key, rows.slice(start, count)
            start += count


def _without_large_strings(schema: pa.Schema) -> pa.Schema:
    """Keep strings as they are read: pyiceberg's `large_string` would cost a copy of every one of them."""
    return pa.schema(
        field.with_type(pa.string()) if pa.types.is_large_string(field.type) else field for field in schema
    )
