"""Feast's feature store of this clone: the registry in a file, the online store in SQLite, both in the state folder."""

import sqlite3
from datetime import datetime
from pathlib import Path

from feast import FeatureStore, RepoConfig
from feast.infra.online_stores.sqlite import SqliteOnlineStoreConfig, adapt_datetime_epoch, convert_timestamp
from feast.repo_config import MaterializationConfig, RegistryConfig

from services.features.offline_store import AsOfOfflineStoreConfig
from services.features.repository import TTL, definitions
from services.features.settings import FeaturesSettings

PROJECT = "lakehouse"


def connect(settings: FeaturesSettings, directory: Path | None = None) -> FeatureStore:
    """Return the store, as it was applied last; `directory` is for another than this clone's."""
    folder = directory or settings.store_dir
    folder.mkdir(parents=True, exist_ok=True)
    _write_times_as_feast_does()
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
    _write_times_as_feast_does()
    store.materialize(until - TTL, until)


def _write_times_as_feast_does() -> None:
    """Undo what nbformat and pandas do to SQLite in a whole process: Feast could not read its own times any more."""
    sqlite3.register_adapter(datetime, adapt_datetime_epoch)
    sqlite3.register_converter("timestamp", convert_timestamp)
