"""The ingestion's own settings, and the servers that it talks to."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.contracts.settings import Postgres, Settings, Trino


class IngestionSettings(Settings):
    """`INGESTION_…` in the environment, else the defaults."""

    model_config = SettingsConfigDict(env_prefix="INGESTION_")
    namespace: str = Field(default="data", description="Iceberg namespace, and so dbt's schema")
    batch_rows: int = Field(default=250_000, gt=0, description="rows per commit")
    piece_mib: int = Field(default=32, gt=0, description="read at a time, as Arrow; bounds the memory of a load")
    lock_timeout_s: float = Field(default=60, gt=0, description="how long to wait for another run of the same table")
    snapshot_retention_days: int = Field(
        default=7, ge=1, description="how far back time travel goes; longer than any run of the ingestion"
    )
    postgres: Postgres = Field(default_factory=Postgres)
    trino: Trino = Field(default_factory=Trino)
