"""Wires the features: the real catalog and this clone's store, unless a test or a lab brings its own part."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow.compute as pc
from pyiceberg.catalog import Catalog

from services.contracts import iceberg
from services.features import facts, tables
from services.features.computing import FeatureRows, compute
from services.features.settings import FeaturesSettings

if TYPE_CHECKING:
    from feast import FeatureStore


@dataclass(frozen=True)
class Built:
    """What a build made: rows per table, the facts' and the tables' snapshots, and the newest fact's time."""

    customer_rows: int
    merchant_rows: int
    facts_snapshot_id: int
    customers_snapshot_id: int
    merchants_snapshot_id: int
    newest_fact: datetime


class Features:
    """The wired parts."""

    def __init__(self, settings: FeaturesSettings, load_catalog: Callable[[], Catalog]) -> None:
        """Take the catalog's loader, since loading it needs the server, and the wiring must not."""
        self.settings = settings
        self._load_catalog = load_catalog

    @cached_property
    def catalog(self) -> Catalog:
        """The catalog, loaded when it is first asked for."""
        return self._load_catalog()

    @cached_property
    def store(self) -> "FeatureStore":
        """Feast's store, with the repository applied."""
        from services.features import store  # noqa: PLC0415 - Feast takes seconds to import, and a build needs none

        connected = store.connect(self.settings)
        store.apply(connected, self.settings)
        return connected

    def facts(self, snapshot_id: int | None = None) -> facts.Facts:
        """Return the marts' facts, of now or of a snapshot. Raises `NoMartsError`."""
        return facts.read(self.catalog, self.settings.marts_namespace, snapshot_id)

    def build(self) -> Built:
        """Compute all feature rows from the facts and replace the tables. Raises `NoMartsError`."""
        read = self.facts()
        rows: FeatureRows = compute(read.rows, self.settings.threads, self.settings.memory_mib)
        newest = pc.max(read.rows["ingested_at"]).as_py()
        namespace = self.settings.namespace
        customers, merchants = (
            tables.replace(self.catalog, f"{namespace}.{name}", each, read.snapshot_id, newest)
            for name, each in ((tables.CUSTOMERS, rows.customers), (tables.MERCHANTS, rows.merchants))
        )
        return Built(rows.customers.num_rows, rows.merchants.num_rows, read.snapshot_id, customers, merchants, newest)

    def behind_the_marts(self, now: datetime) -> timedelta:
        """Return for how long the marts have held what the features do not know. Raises `NoFeaturesError`."""
        built_of = tables.source_snapshot(tables.opened(self.catalog, f"{self.settings.namespace}.{tables.CUSTOMERS}"))
        history = facts.opened(self.catalog, self.settings.marts_namespace).history()
        known = [entry.snapshot_id for entry in history]
        later = history[known.index(built_of) + 1 :] if built_of in known else history
        return now - datetime.fromtimestamp(later[0].timestamp_ms / 1_000, UTC) if later else timedelta(0)

    def materialize(self, until: datetime) -> None:
        """Bring the online store to this time (aware)."""
        from services.features import store  # noqa: PLC0415 - as above

        store.materialize(self.store, until)


def bootstrap(settings: FeaturesSettings, load_catalog: Callable[[], Catalog] = iceberg.load) -> Features:
    """Return the wired parts. Connects to nothing."""
    return Features(settings, load_catalog)
