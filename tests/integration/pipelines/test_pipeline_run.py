"""The compiled pipeline on real servers: by kfp's local runner, and one step as its image would run it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from services.contracts import iceberg
from services.contracts.settings import REPOSITORY, Catalog, ObjectStore
from services.pipelines.compiling import COMPILED
from services.pipelines.pipeline import ADDRESS_NAMES, SECRET_NAMES, TASKS
from services.training.settings import MLflow
from stack import lifecycle, testing
from stack.progress import Reporter
from tests.unit.features.small_facts import simulated, table

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings of a small history and a registry of this test's own."""
    lifecycle.up(("catalog", "mlflow"), testing.own_context(), Reporter())
    catalog, namespace = iceberg.load(), f"scratch_{uuid4().hex[:12]}"
    catalog.create_namespace(namespace)
    rows = table(simulated(20_000, days=180))
    catalog.create_table(f"{namespace}.fct_payments", schema=rows.schema).append(rows)
    yield {
        "FEATURES_MARTS_NAMESPACE": namespace,
        "FEATURES_NAMESPACE": namespace,
        "FEATURES_STORE_DIR": str(tmp_path_factory.mktemp("feast")),
        "TRAINING_REGISTRY_PREFIX": f"{namespace}-",
    }
    for name in catalog.list_tables(namespace):
        catalog.drop_table(name)
    catalog.drop_namespace(namespace)


def python(*arguments: str, env: Mapping[str, str], cwd: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], env=env, cwd=cwd, capture_output=True, text=True, check=False)


def test_a_run_registers_three_models_and_each_gate_answers(own: dict[str, str]) -> None:
    done = python("-m", "services.pipelines", "run", "--seed", "3", env={**os.environ, **own})
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]

    # In a process of its own: MLflow warns while it is imported.
    asked = f"""
from services.training.registry import Registry
registry = Registry({MLflow().tracking_uri!r}, {own["TRAINING_REGISTRY_PREFIX"]!r})
for task in {TASKS!r}:
    at = {{alias: registry.at(task, alias) for alias in ("champion", "challenger")}}
    [held] = [one for one in at.values() if one]
    print(task, held.version, "champion" if at["champion"] else "challenger", held.report.reached)
"""
    told = python("-c", asked, env={**os.environ, **own})
    assert told.returncode == 0, told.stderr[-3_000:]
    for line in told.stdout.splitlines():
        task, version, alias, reached = line.split()
        assert version == "1"
        assert task in TASKS
        assert alias == "challenger" or reached == "True"
    assert (Path(own["FEATURES_STORE_DIR"]) / "online.db").stat().st_size > 0


def test_a_step_runs_outside_the_repository_with_what_its_image_has(own: dict[str, str], tmp_path: Path) -> None:
    app = tmp_path / "app"
    shutil.copytree(REPOSITORY / "services", app / "services", ignore=shutil.ignore_patterns("__pycache__"))
    pipeline, _platform = yaml.safe_load_all(COMPILED.read_text())
    container = pipeline["deploymentSpec"]["executors"]["exec-build-features"]["container"]
    told = Catalog(), ObjectStore()
    given = {
        "CATALOG_URI": told[0].uri,
        "CATALOG_CREDENTIAL": told[0].credential.get_secret_value(),
        "S3_ENDPOINT": told[1].endpoint,
        "S3_ACCESS_KEY": told[1].access_key,
        "S3_SECRET_KEY": told[1].secret_key.get_secret_value(),
        "MLFLOW_TRACKING_URI": MLflow().tracking_uri,
    }
    assert set(given) == {*ADDRESS_NAMES, *SECRET_NAMES}
    env = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(app),
        "LAKEHOUSE_STATE": str(tmp_path / "state"),
        "HOME": str(tmp_path),
        **own,
        **given,
        **{one["name"]: one["value"] for one in container["env"]},
    }
    outputs = {
        "parameters": {"Output": {"outputFile": str(tmp_path / "out" / "Output")}},
        "artifacts": {
            "metrics": {
                "artifacts": [{"name": "metrics", "type": {"schemaTitle": "system.Metrics"}, "uri": "file:///m"}]
            }
        },
        "outputFile": str(tmp_path / "out" / "executor_output.json"),
    }
    asked = json.dumps({"inputs": {}, "outputs": outputs})
    words = [asked if word == "{{$}}" else word for word in (*container["command"], *container["args"])]

    where = python("-c", "import services; print(services.__path__[0])", env=env, cwd=tmp_path)
    done = subprocess.run(words, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert where.stdout.strip() == str(app / "services")
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]
    said = json.loads((tmp_path / "out" / "executor_output.json").read_text())
    assert int(said["parameterValues"]["Output"]) > 0
    assert said["artifacts"]["metrics"]["artifacts"][0]["metadata"]["customer_rows"] > 0
