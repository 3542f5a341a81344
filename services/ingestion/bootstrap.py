"""Wires the ingestion: the real database and catalog, unless a test or a lab brings its own part."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.contracts import iceberg
from services.ingestion.lake import IcebergLake
from services.ingestion.loading import Bronze, Lake, LoadedBatch, load
from services.ingestion.postgres import PostgresResource
from services.ingestion.settings import IngestionSettings
from services.ingestion.tables import BronzeTable


@dataclass(frozen=True)
class Ingestion:
    """The wired parts."""

    settings: IngestionSettings
    bronze: Bronze
    lake: Lake

    def load(self, table: BronzeTable) -> Iterator[LoadedBatch]:
        """Load what is unloaded; each batch is yielded once it is marked."""
        return load(table, self.bronze, self.lake, max_rows=self.settings.batch_rows)


def bootstrap(settings: IngestionSettings, *, bronze: Bronze | None = None, lake: Lake | None = None) -> Ingestion:
    """Return the wired parts. Connects to nothing: that happens when a table is loaded."""
    return Ingestion(
        settings,
        bronze or PostgresResource(settings.postgres, settings.lock_timeout_s, settings.piece_mib),
        lake or IcebergLake(iceberg.load, settings.namespace),
    )
