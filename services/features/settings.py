"""Where features come from, and where they go."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.contracts.settings import Settings, state_dir


class FeaturesSettings(Settings):
    """`FEATURES_…` in the environment, else the defaults."""

    model_config = SettingsConfigDict(env_prefix="FEATURES_")
    marts_namespace: str = Field(default="data", description="Iceberg namespace of the marts")
    namespace: str = Field(default="features", description="Iceberg namespace of the feature tables")
    store_dir: Path = Field(
        default_factory=lambda: state_dir() / "feast", description="Feast's registry and the online store"
    )
    threads: int = Field(default=2, gt=0, description="of DuckDB")
    memory_mib: int = Field(default=1500, gt=0, description="that DuckDB may take before it spills to disk")
