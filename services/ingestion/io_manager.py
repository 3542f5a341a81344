"""The IO manager that turns an asset's output, rows not yet read, into Iceberg commits."""

from dataclasses import dataclass

import dagster as dg
import pyarrow as pa

from services.ingestion.loading import Bronze, Lake, load
from services.ingestion.tables import ALL, BronzeTable


@dataclass(frozen=True)
class UnloadedRows:
    """What a bronze asset returns: where its rows are. They are read one batch at a time, while they are written."""

    table: BronzeTable
    source: Bronze


class IcebergIOManager(dg.IOManager):
    """Loads `UnloadedRows` into the Iceberg table named by the asset key's last part."""

    def __init__(self, lake: Lake, max_rows: int) -> None:
        """Take the target, and how many rows one commit may have."""
        self._lake = lake
        self._max_rows = max_rows

    def handle_output(self, context: dg.OutputContext, obj: UnloadedRows) -> None:
        """Load the rows and show what was loaded on the materialization."""
        batches = []
        for batch in load(obj.table, obj.source, self._lake, max_rows=self._max_rows):
            context.log.info(
                "batch %s: %d rows%s", batch.batch_id, batch.rows, ", recovered" if batch.recovered else ""
            )
            batches.append(batch)
        context.add_output_metadata(
            {
                "rows_loaded": sum(batch.rows for batch in batches),
                "batches": [batch.batch_id for batch in batches],
                "batches_recovered": sum(batch.recovered for batch in batches),
            }
        )

    def load_input(self, context: dg.InputContext) -> pa.Table:
        """Return the whole Iceberg table, for an asset written in Python."""
        name = context.asset_key.path[-1]
        table = next(table for table in ALL if table.name == name)
        return self._lake.open(table).read()
