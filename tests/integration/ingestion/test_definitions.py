"""What Dagster is told: names, groups, lineage, jobs, and no secrets."""

import json

import dagster as dg
import pytest
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph
from dagster._core.remote_representation.external_data import RepositorySnap
from dagster_shared.serdes import serialize_value

from services.contracts.settings import REPOSITORY, ObjectStore, Postgres
from services.ingestion.bootstrap import bootstrap
from services.ingestion.quality import CHECKS
from services.ingestion.settings import IngestionSettings
from tests.integration.ingestion import harness

pytestmark = [
    pytest.mark.integration,
    # dagster-dbt imports sqlglot, which imports a package of its own that is deprecated.
    pytest.mark.filterwarnings("ignore:sqlglotrs is deprecated:DeprecationWarning"),
    # Dagster asks its own schedules for it.
    pytest.mark.filterwarnings("ignore:Property `ScheduleDefinition.environment_vars`:DeprecationWarning"),
]

PASSWORD = "not-to-be-shown"


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    from services.ingestion.definitions import build  # noqa: PLC0415 - it warns while it is imported, see pytestmark

    harness.servers()
    return build(bootstrap(IngestionSettings(postgres=Postgres(password=PASSWORD))))


@pytest.fixture(scope="module")
def graph(definitions: dg.Definitions) -> AssetGraph:
    return definitions.resolve_asset_graph()


def key(name: str) -> dg.AssetKey:
    return dg.AssetKey(["data", name])


def test_every_asset_has_the_prefix_and_the_group_of_its_folder(graph: AssetGraph) -> None:
    groups = {asset.path[-1]: graph.get(asset).group_name for asset in graph.materializable_asset_keys}

    assert {asset.path[0] for asset in graph.materializable_asset_keys} == {"data", "features"}
    assert groups["customer_features"] == groups["merchant_features"] == groups["online_store"] == "features"
    assert groups["payment_events"] == groups["payment_events_quarantine"] == "payment_ingestion"
    assert groups["fct_payments"] == groups["dim_customer"] == "marts"
    assert set(groups.values()) <= {"payment_ingestion", "staging", "marts", "seeds", "features"}


def test_the_lineage_goes_from_bronze_to_the_marts_and_the_online_store(graph: AssetGraph) -> None:
    assert key("payment_events") in graph.get_ancestor_asset_keys(key("fct_payments"))
    assert key("fct_payments") in graph.get_ancestor_asset_keys(dg.AssetKey(["features", "online_store"]))


def test_a_bronze_asset_says_which_column_partitions_it(graph: AssetGraph) -> None:
    assert graph.get(key("payment_events")).metadata["partition_expr"] == "ingested_at"


def test_the_quality_rules_and_dbts_tests_are_checks_of_one_asset(graph: AssetGraph) -> None:
    names = {check.name for check in graph.get_check_keys_for_assets({key("payment_events")})}

    assert {name for name, _ in CHECKS} < names
    assert any(name.startswith("source_not_null") for name in names)


def test_every_data_test_of_dbt_is_a_check(graph: AssetGraph) -> None:
    """One that asks several models names its asset in `meta`; without, Dagster would note it, and fail nothing."""
    nodes = json.loads((REPOSITORY / "dbt" / "target" / "manifest.json").read_text())["nodes"]
    tests = {node["name"] for node in nodes.values() if node["resource_type"] == "test"}

    assert tests <= {check.name for check in graph.asset_check_keys}


def test_the_whole_batch_is_one_job_and_the_features_another(definitions: dg.Definitions, graph: AssetGraph) -> None:
    batch = set(definitions.resolve_job_def("payments_batch").asset_layer.executable_asset_keys)
    features = set(definitions.resolve_job_def("features").asset_layer.executable_asset_keys)

    assert batch | features == set(graph.materializable_asset_keys)
    assert {asset.path[0] for asset in batch} == {"data"}
    assert {asset.path[0] for asset in features} == {"features"}
    assert definitions.resolve_job_def("table_maintenance")


def test_no_secret_is_in_what_the_ui_is_given(definitions: dg.Definitions) -> None:
    shown = serialize_value(RepositorySnap.from_def(definitions.get_repository_def()))

    assert "payment_events" in shown
    assert PASSWORD not in shown
    assert ObjectStore().secret_key.get_secret_value() not in shown
