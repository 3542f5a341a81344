"""Feast's feature store of this clone: the registry in a file, the online store in SQLite, both in the state folder."""

from datetime import datetime
from pathlib import Path

from feast import FeatureStore, RepoConfig
from feast.infra.online_stores.sqlite import SqliteOnlineStoreConfig
from feast.repo_config import MaterializationConfig, RegistryConfig

from services.features.offline_store import AsOfOfflineStoreConfig
from services.features.repository import TTL, definitions
from services.features.settings import FeaturesSettings

PROJECT = "lakehouse"


def connect(settings: FeaturesSettings, directory: Path | None = None) -> FeatureStore:
    """Return the store, as it was applied last; `directory` is for another than this clone's."""
    folder = directory or settings.store_dir
    folder.mkdir(parents=True, exist_ok=True)
    return FeatureStore(
        config=RepoConfig(
            project=PROJECT,
            provider="local",
            registry=RegistryConfig(path=str(folder / "registry.db")),
            online_store=SqliteOnlineStoreConfig(path=str(folder / "online.db")),
            offline_store=AsOfOfflineStoreConfig(threads=settings.threads, memory_mib=settings.memory_mib),
            # The store finds the newest rows; Feast would load all of them to look for these.
            materialization=MaterializationConfig(pull_latest_features=True),
            entity_key_serialization_version=3,
        ),
    )


def apply(store: FeatureStore, settings: FeaturesSettings) -> None:
    """Register the repository. Changes nothing if nothing changed."""
    store.apply([*definitions(settings.namespace)])


def materialize(store: FeatureStore, until: datetime) -> None:
    """Write everybody's newest row at that time (aware) to the online store."""
    store.materialize(until - TTL, until)
