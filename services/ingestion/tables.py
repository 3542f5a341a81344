"""The two tables that are loaded: which bronze table becomes which Iceberg table."""

from dataclasses import dataclass
from typing import Final

from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import DayTransform
from sqlalchemy import Table

from services.contracts.bronze import tables as bronze
from services.ingestion.schemas import PAYMENT_EVENTS_SCHEMA, QUARANTINE_SCHEMA

BATCH_ID: Final = "load_batch_id"
"""Names the column, on both sides, and the snapshot property."""


@dataclass(frozen=True)
class BronzeTable:
    """A bronze table, the Iceberg schema of its copy, and the column whose day is the copy's partition."""

    bronze: Table
    schema: Schema
    description: str
    partition_expr: str = "ingested_at"

    @property
    def name(self) -> str:
        """The table's name, the same on both sides."""
        return self.bronze.name

    @property
    def partition_spec(self) -> PartitionSpec:
        """One partition per UTC day of `partition_expr`."""
        source = self.schema.find_field(self.partition_expr)
        return PartitionSpec(PartitionField(source.field_id, 1000, DayTransform(), f"{source.name}_day"))


PAYMENT_EVENTS: Final = BronzeTable(
    bronze.payment_events, PAYMENT_EVENTS_SCHEMA, "Every payment event that passed validation, with its scores."
)
QUARANTINE: Final = BronzeTable(
    bronze.payment_events_quarantine, QUARANTINE_SCHEMA, "Every payload that became no payment event, and why."
)
ALL: Final = (PAYMENT_EVENTS, QUARANTINE)
