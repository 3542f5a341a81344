"""The compiled pipeline that is under version control."""

import subprocess
import sys
from pathlib import Path

import yaml

COMPILED = Path("services/pipelines/payment_models.yaml")


def test_it_is_what_the_code_compiles_to(tmp_path: Path) -> None:
    again = tmp_path / "again.yaml"
    program = f"from services.pipelines.compiling import *; compile_to(Path({str(again)!r}))"

    subprocess.run([sys.executable, "-c", program], check=True)

    assert COMPILED.read_text() == again.read_text(), "`python -m services.pipelines compile`, and commit the file"


def test_no_component_downloads_anything_and_all_run_in_one_image() -> None:
    pipeline, _platform = yaml.safe_load_all(COMPILED.read_text())
    containers = [executor["container"] for executor in pipeline["deploymentSpec"]["executors"].values()]

    assert {container["image"] for container in containers} == {"lakehouse/models:0.1.0"}
    assert not [container for container in containers if "pip install" in " ".join(container["command"])]


def test_each_gate_waits_for_its_model_and_each_model_for_the_features() -> None:
    pipeline, _platform = yaml.safe_load_all(COMPILED.read_text())
    tasks = pipeline["root"]["dag"]["tasks"]

    assert {
        (task["taskInfo"]["name"], tasks[before]["taskInfo"]["name"])
        for task in tasks.values()
        for before in task.get("dependentTasks", [])
    } == {
        ("train-fraud", "build-features"),
        ("train-churn", "build-features"),
        ("train-retry", "build-features"),
        ("promote-fraud", "train-fraud"),
        ("promote-churn", "train-churn"),
        ("promote-retry", "train-retry"),
        ("materialize-features", "build-features"),
    }
