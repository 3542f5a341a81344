"""The town of lab 11: half a year of payments in Iceberg, their features as the real service builds them, and Feast."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from labkit.servers import history, lake
from labkit.servers.unwarned import quietly
from services.contracts.settings import Catalog, state_dir
from services.simulator.history.generation import History

with quietly():
    from feast import Entity, FeatureStore, ValueType
    from feast.infra.data_sources.contrib.iceberg_catalog.iceberg_source import IcebergSource

    from services.features import store
    from services.features.activity import ACTIVITY
    from services.features.bootstrap import Features, bootstrap
    from services.features.computing import database
    from services.features.requests import CHARGES
    from services.features.settings import FeaturesSettings

NAMESPACE: Final = "lab11"
PAST: Final = History(events=30_000, seed=11)
ENDS: Final = PAST.end

Event = dict[str, Any]


@cache
def features() -> Features:
    """Return the real features service on the town's payments; what is missing in the catalog is made.

    Raises:
        ServerDownError: the catalog does not answer.
    """
    catalog = lake.catalog(Catalog().warehouse)
    settings = FeaturesSettings(marts_namespace=NAMESPACE, namespace=NAMESPACE, store_dir=state_dir() / NAMESPACE)
    wired = bootstrap(settings, lambda: catalog)
    if not catalog.table_exists(f"{NAMESPACE}.merchant_features"):  # the last that is made
        catalog.create_namespace_if_not_exists(NAMESPACE)
        lake.remove(catalog, f"{NAMESPACE}.fct_payments")
        facts = history.facts(PAST)
        catalog.create_table(f"{NAMESPACE}.fct_payments", schema=facts.schema).append(facts)
        wired.build()
    return wired


@cache
def facts() -> pa.Table:
    """Return the town's facts, as the marts would hold them."""
    return features().facts().rows


@cache
def charges() -> pd.DataFrame:
    """Return the charges of known guests, earliest first, as requests for features (`services.features.requests`)."""
    with database() as connection:
        connection.register("facts", facts())
        query = f"select * from ({CHARGES}) where customer_id is not null order by event_timestamp, event_id"  # noqa: S608
        return connection.sql(query).df()


@cache
def _activity() -> pd.DataFrame:
    with database() as connection:
        connection.register("facts", facts())
        return connection.sql(
            "select customer_id, occurred_at, available_at, spent_usd_cents, "  # noqa: S608 - our own SQL
            "case when payments = 1 then 'payment' when failures = 1 then 'failure' when refunds = 1 then 'refund' "
            "else 'report' end as kind "
            f"from ({ACTIVITY}) where customer_id is not null order by available_at, occurred_at, kind"
        ).df()


def busiest() -> str:
    """Return the guest of whom there is most to tell."""
    return str(_activity()["customer_id"].value_counts(sort=True).sort_index(kind="stable").idxmax())


def events_of(customer_id: str) -> list[Event]:
    """Return what happened to a guest: `kind`, `amount_usd`, `occurred_at`, and `available_at`, when it was known."""
    chosen = _activity()[lambda rows: rows["customer_id"] == customer_id]
    return [
        {
            "kind": row.kind,
            "amount_usd": row.spent_usd_cents / 100,
            "occurred_at": row.occurred_at.to_pydatetime(),
            "available_at": row.available_at.to_pydatetime(),
        }
        for row in chosen.itertuples(index=False)
    ]


@cache
def rows() -> pd.DataFrame:
    """Return all rows of the feature table `customer_features` as it is in Iceberg, earliest first."""
    table = features().catalog.load_table(f"{NAMESPACE}.customer_features")
    found = table.scan().to_arrow().to_pandas()
    return found.sort_values(["event_timestamp", "customer_id"], ignore_index=True)


def guest() -> Entity:
    """Return Feast's entity of a guest, whose key is `customer_id`."""
    with quietly():
        return Entity(name="guest", join_keys=["customer_id"], value_type=ValueType.STRING)


def source() -> IcebergSource:
    """Return the feature table as a source that Feast can ask."""
    return IcebergSource(
        name="town", warehouse="lakehouse", namespace=NAMESPACE, table="customer_features",
        timestamp_field="event_timestamp",
    )  # fmt: skip


@contextmanager
def own_store() -> Iterator[FeatureStore]:
    """Yield a Feast store with an empty registry and an empty online store, gone afterwards."""
    settings = features().settings
    with tempfile.TemporaryDirectory() as folder, quietly():
        yield store.connect(settings, Path(folder))


def utc(day: int, clock: str = "12:00") -> datetime:
    """Return a moment of the café's March 2026."""
    hour, minute = clock.split(":")
    return datetime(2026, 3, day, int(hour), int(minute), tzinfo=UTC)
