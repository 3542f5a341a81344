"""Feast on the real catalog: built, joined at points in time, materialised, and the same offline and online."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pandas as pd
import pyarrow.parquet as pq
import pytest

from services.contracts import iceberg
from stack import lifecycle, testing
from stack.progress import Reporter
from tests.unit.features.small_facts import simulated, table

pytestmark = [
    pytest.mark.integration,
    # Feast, and what it imports and calls, warns of itself.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning:feast"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Features of a small history, in a namespace of this test's own."""
    from services.features.bootstrap import bootstrap  # noqa: PLC0415 - it warns while it is imported, see pytestmark
    from services.features.settings import FeaturesSettings  # noqa: PLC0415

    lifecycle.up(("catalog",), testing.own_context(), Reporter())
    catalog = iceberg.load()
    namespace = f"scratch_{uuid4().hex[:12]}"
    catalog.create_namespace(namespace)
    rows = table(simulated())
    catalog.create_table(f"{namespace}.fct_payments", schema=rows.schema).append(rows)
    settings = FeaturesSettings(
        marts_namespace=namespace, namespace=namespace, store_dir=tmp_path_factory.mktemp("feast")
    )
    made = bootstrap(settings)
    made.build()
    yield made
    for name in catalog.list_tables(namespace):
        catalog.drop_table(name)
    catalog.drop_namespace(namespace)


def test_offline_and_online_agree_for_a_thousand_customers_and_merchants_at_random_times(features) -> None:  # noqa: ANN001
    from services.features.comparing import compare  # noqa: PLC0415

    found = compare(features, questions=1_000, times=4)

    assert found.differing == {}
    assert found.questions == 1_000
    assert found.present > found.compared / 2


def test_pandas_that_wrote_to_sqlite_before_is_in_nobodys_way(features) -> None:  # noqa: ANN001
    from services.features.comparing import compare  # noqa: PLC0415

    with closing(sqlite3.connect(":memory:")) as connection:
        pd.DataFrame({"a": [1]}).to_sql("of_its_own", connection)  # registers pandas' times for the whole process

    assert compare(features, questions=20, times=1).differing == {}


def test_a_feature_of_the_future_stays_out_of_a_training_set(features) -> None:  # noqa: ANN001
    """Planted: the newest fact, asked for at a time a minute before it was available, and a minute after."""
    from services.features.activity import BATCH_INTERVAL_MINUTES  # noqa: PLC0415

    newest = max((row for row in simulated() if row["customer_id"]), key=lambda row: row["ingested_at"])
    available_at = newest["ingested_at"] + timedelta(minutes=BATCH_INTERVAL_MINUTES)
    minute = timedelta(minutes=1)
    asked = pd.DataFrame(
        {"customer_id": newest["customer_id"], "event_timestamp": [available_at - minute, available_at + minute]}
    )
    names = ["customer:customer_last_payment_at_s", "customer:customer_last_failure_at_s"]

    before, after = (
        features.store.get_historical_features(entity_df=asked, features=names).to_df().max(axis=1, numeric_only=True)
    )

    assert before < newest["occurred_at"].timestamp() == after


def test_a_row_older_than_its_ttl_is_no_row(features) -> None:  # noqa: ANN001
    who = next(row["customer_id"] for row in simulated() if row["customer_id"])
    asked = pd.DataFrame({"customer_id": [who], "event_timestamp": [datetime(2028, 1, 1, tzinfo=UTC)]})

    found = features.store.get_historical_features(entity_df=asked, features=["customer:customer_payments"]).to_df()

    assert found["customer_payments"].isna().all()


def test_our_join_is_that_of_feasts_own_file_store(features, tmp_path) -> None:  # noqa: ANN001
    from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType  # noqa: PLC0415
    from feast.types import Int32  # noqa: PLC0415

    path = tmp_path / "customers.parquet"
    made = features.catalog.load_table(f"{features.settings.namespace}.customer_features").scan().to_arrow()
    pq.write_table(made, path)
    theirs = FeatureStore(
        config=RepoConfig(
            project="theirs",
            provider="local",
            registry=str(tmp_path / "registry.db"),
            entity_key_serialization_version=3,
        )
    )
    entity = Entity(name="customer", join_keys=["customer_id"], value_type=ValueType.STRING)
    source = FileSource(path=str(path), timestamp_field="event_timestamp")
    names = ["customer_payments", "customer_payments_7d", "customer_failures_30d"]
    view = FeatureView(
        name="customer",
        entities=[entity],
        ttl=timedelta(days=90),
        schema=[Field(name=name, dtype=Int32) for name in names],
        source=source,
    )
    theirs.apply([entity, view])
    asked = pd.DataFrame(
        [
            {"customer_id": row["customer_id"], "event_timestamp": row["ingested_at"]}
            for row in simulated()
            if row["customer_id"]
        ][:500]
    )
    refs = [f"customer:{name}" for name in names]
    order = ["customer_id", "event_timestamp"]

    expected = theirs.get_historical_features(entity_df=asked, features=refs).to_df().sort_values(order)
    found = features.store.get_historical_features(entity_df=asked, features=refs).to_df().sort_values(order)

    # Theirs leaves out payments of whom nothing is known yet; ours keeps them, with nulls.
    assert len(expected) > 200
    assert found.dropna()[[*order, *names]].to_numpy().tolist() == expected[[*order, *names]].to_numpy().tolist()


def test_ten_times_the_facts_take_no_more_than_ten_times_as_long() -> None:
    from services.features.computing import compute  # noqa: PLC0415

    def seconds(events: int) -> float:
        facts = table(simulated(events, seed=11))
        started = time.process_time()
        compute(facts)
        return time.process_time() - started

    seconds(1_000)  # DuckDB's first query takes longer
    assert seconds(20_000) <= 10 * max(seconds(2_000) for _ in range(3))
