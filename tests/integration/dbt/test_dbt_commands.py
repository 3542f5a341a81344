"""What a person types in `dbt/`, and what the tables look like afterwards."""

import json
import os
import shutil
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import jinja2
import pytest
import stamina

from services.contracts.settings import REPOSITORY, Trino, state_dir
from tests.integration.dbt.histories import START, row
from tests.integration.dbt.lake import PROJECT, Lake

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(900)]

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


# One process, since each would import dbt anew; each line is what a person types after `dbt `.
TYPE = """
import sys, warnings
warnings.simplefilter("ignore")
from dbt.cli.main import dbtRunner
for line in sys.argv[1:]:
    outcome = dbtRunner().invoke(line.split())
    assert outcome.success, (line, outcome.exception)
"""
COMMANDS = (
    *("deps", "debug", "parse", "compile --select fct_payments", "seed", "run --select dim_date"),
    *("test --select tag:payments,dim_date", "build --full-refresh --select marts.payments", "docs generate"),
)


@pytest.fixture
def clone(lake: Lake, tmp_path: Path) -> Path:
    """The dbt folder of a clone, whose platform's marts are in the lake's namespace; returns the folder."""
    shutil.copytree(PROJECT, tmp_path / "dbt", symlinks=True, ignore=shutil.ignore_patterns("target", "logs"))
    (tmp_path / ".lakehouse").mkdir()
    written = (state_dir() / "platform.env").read_text()
    (tmp_path / ".lakehouse/platform.env").write_text(f"{written}TRINO_SCHEMA_NAME={lake.namespace}\n")
    return tmp_path / "dbt"


def typed(*line: object) -> dict[str, Any]:
    """How to start a process as in a shell in which no variable was set."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("TRINO_", "DBT_"))}
    return {"args": [str(part) for part in line], "env": bare, "text": True, "stdout": subprocess.PIPE}


def test_every_command_runs_in_the_dbt_folder_with_no_variable_set(built: Lake, clone: Path) -> None:
    done = subprocess.run(
        **typed(sys.executable, "-c", TYPE, *COMMANDS), cwd=clone, stderr=subprocess.STDOUT, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert f"port: {Trino().port}" in done.stdout
    assert f"schema: {built.namespace}" in done.stdout
    assert done.stdout.count("Completed successfully") == sum(
        command.partition(" ")[0] in ("seed", "run", "test", "build") for command in COMMANDS
    )
    assert (clone / "target/catalog.json").exists()


def test_documentation_is_served(built: Lake, clone: Path) -> None:
    built.dbt("docs", "generate")
    (clone / "target").mkdir()
    for artifact in ("index.html", "manifest.json", "catalog.json"):
        shutil.copy(built.target / artifact, clone / "target" / artifact)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    dbt = Path(sys.executable).with_name("dbt")
    line = typed(dbt, "docs", "serve", "--no-browser", "--host", "127.0.0.1", "--port", port)
    with subprocess.Popen(**line, cwd=clone, stderr=subprocess.STDOUT) as server:
        try:
            for attempt in stamina.retry_context(on=httpx.TransportError, attempts=None, timeout=60, wait_max=1):
                with attempt:
                    catalog = httpx.get(f"http://127.0.0.1:{port}/catalog.json").json()
        finally:
            server.terminate()
    assert any(node.endswith(".fct_payments") for node in catalog["nodes"])


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


def test_explain_shows_that_a_day_is_looked_up_in_its_month_alone(built: Lake) -> None:
    look_up = "select * from fct_payments where occurred_on = date '2026-07-15'"
    (plan,) = built.query(f"explain (type io, format json) {look_up}")
    (table,) = json.loads(plan["Query Plan"])["inputTableColumnInfos"]
    assert table["table"]["schemaTable"]["table"] == "fct_payments"
    (day,) = [each for each in table["constraint"]["columnConstraints"] if each["columnName"] == "occurred_on"]
    assert day["domain"]["ranges"] == [
        {side: {"value": "2026-07-15", "bound": "EXACTLY"} for side in ("low", "high")},
    ]
    _, read = built.measured(look_up)
    assert read == 31  # July's of 90 days


def test_trino_knows_how_many_values_each_column_has(built: Lake) -> None:
    built.query("analyze fct_payments")
    statistics = {row["column_name"]: row for row in built.query("show stats for fct_payments")}
    assert statistics[None]["row_count"] == 90
    assert statistics["occurred_on"]["distinct_values_count"] == pytest.approx(90, rel=0.1)  # a sketch
    assert statistics["merchant_id"]["distinct_values_count"] == 1


@pytest.mark.parametrize("call", BOUNDARIES)
def test_a_macro_gives_what_its_thresholds_say(lake: Lake, call: str) -> None:
    name = call.partition("(")[0]
    macro: Any = getattr(jinja2.Template((REPOSITORY / f"dbt/macros/{name}.sql").read_text()).module, name)
    for arguments, expected in BOUNDARIES[call].items():
        expression = macro(*[part.strip(" '") for part in arguments.split(",")])
        assert lake.query(f"select cast({expression} as varchar) as v") == [{"v": expected}], arguments
