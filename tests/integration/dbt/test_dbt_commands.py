"""What a person types in `dbt/`, and what the tables look like afterwards."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import jinja2
import pytest

from services.contracts.settings import REPOSITORY, Trino, state_dir
from tests.integration.dbt.histories import START, row
from tests.integration.dbt.lake import PROJECT, Lake

pytestmark = [pytest.mark.integration, pytest.mark.slow]

BOUNDARIES = {
    "customer_tier({})": {
        "9999": "bronze",
        "10000": "silver",
        "49999": "silver",
        "50000": "gold",
        "100000": "platinum",
    },
    "risk_profile({})": {"0e0": "low_risk", "0.05e0": "medium_risk", "0.1499e0": "medium_risk", "0.15e0": "high_risk"},
    "cents_to_dollars({})": {"1590": "15.90", "-5": "-0.05", "9007199254740993": "90071992547409.93"},
    "merchant_health_score({})": {
        "'0e0', '0e0', '0e0'": "1.0E2",
        "'0.01e0', '0e0', '0e0'": "8.0E1",
        "'0e0', '0.1e0', '0.2e0'": "7.0E1",
        "'1e0', '1e0', '1e0'": "0E0",
    },
}


@pytest.fixture(scope="module")
def built(lake: Lake) -> Lake:
    """A lake with a payment on each of the first 90 days after START, built by `dbt build`, unit tests included."""
    lake.append([row(event_id=f"stripe:evt_{n}", provider_created_at=START + timedelta(days=n)) for n in range(90)])
    lake.dbt("build", "--select", "tag:payments")
    return lake


@pytest.mark.usefixtures("lake")
def test_the_platform_is_found_with_no_variable_set(tmp_path: Path) -> None:
    shutil.copytree(PROJECT, tmp_path / "dbt", symlinks=True, ignore=shutil.ignore_patterns("target", "logs"))
    (tmp_path / ".lakehouse").symlink_to(state_dir())
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("TRINO_", "DBT_"))}
    dbt = Path(sys.executable).with_name("dbt")

    found = subprocess.run([dbt, "debug"], cwd=tmp_path / "dbt", env=bare, capture_output=True, text=True, check=False)

    assert found.returncode == 0, found.stdout
    assert f"port: {Trino().port}" in found.stdout


def test_the_marts_are_selected_by_their_folder(built: Lake) -> None:
    names = {
        str(name).rpartition(".")[2]
        for name in built.dbt("list", "--select", "marts.payments", "--resource-type", "model")
    }
    assert names == {"dim_customer", "dim_date", "dim_merchant", "fct_daily_payments", "fct_payments"}


def test_documentation_is_generated_with_every_mart_in_the_catalog(built: Lake) -> None:
    catalog = built.dbt("docs", "generate")
    assert {"fct_payments", "dim_customer"} <= {node.metadata.name for node in catalog.nodes.values()}


def test_a_source_that_was_not_loaded_for_a_week_is_not_fresh(built: Lake) -> None:
    outcome = built.invoke("source", "freshness")
    assert [str(result.status) for result in outcome.result.results] == ["error"]


def test_a_second_build_writes_nothing_into_the_facts(built: Lake) -> None:
    snapshots = 'select count(*) as n from "fct_payments$snapshots"'
    rows = 'select sum(record_count) as n, count(*) as files from "fct_payments$files"'
    before = built.query(rows)
    built.dbt("run", "--select", "fct_payments")
    assert built.query(rows) == before
    assert built.query(snapshots)[0]["n"] >= 1


def test_a_day_is_looked_up_in_its_month_alone(built: Lake) -> None:
    _, read = built.measured("select * from fct_payments where occurred_on = date '2026-07-15'")
    (plan,) = built.query("explain select * from fct_payments where occurred_on = date '2026-07-15'")
    assert read == 31  # July's of 90 days
    assert "2026-07-15" in str(plan)


@pytest.mark.parametrize("call", BOUNDARIES)
def test_a_macro_gives_what_its_thresholds_say(lake: Lake, call: str) -> None:
    name = call.partition("(")[0]
    macro: Any = getattr(jinja2.Template((REPOSITORY / f"dbt/macros/{name}.sql").read_text()).module, name)
    for arguments, expected in BOUNDARIES[call].items():
        expression = macro(*[part.strip(" '") for part in arguments.split(",")])
        assert lake.query(f"select cast({expression} as varchar) as v") == [{"v": expected}], arguments
