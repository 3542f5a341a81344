"""servers.toml, compose.yaml and the chart hold each other: whichever one is changed alone, the agreement tests fail.

On a copy of what these tests read, with one place changed as by a slip of the hand, the tests themselves are run.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.contracts.settings import REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("helm")]
COPIED = ("services", "platform", "requirements", "tests/unit/compose", "tests/unit/kubernetes")
FILES = ("compose.yaml", "pyproject.toml", ".env.example")
AGREEMENT = (
    "tests/unit/compose/test_agreement.py",
    "tests/unit/compose/test_services.py",
    "tests/unit/kubernetes/test_chart_agreement.py",
)
SERVERS, COMPOSE, CHART = "platform/servers.toml", "compose.yaml", "platform/kubernetes"
TRACKING = "kind: Service\nmetadata:\n  name: tracking"
CHANGED = {
    "servers.toml, a port": (SERVERS, "ports = { http = 8080 }", "ports = { http = 8081 }"),
    "servers.toml, an image's tag": (SERVERS, 'image = "postgres:18.4"', 'image = "postgres:18.5"'),
    "servers.toml, a name": (SERVERS, 'host = "payments-db"', 'host = "postgres"'),
    "compose.yaml, a port": (COMPOSE, "${PORT_GATEWAY_HTTP:-8000}:8000", "${PORT_GATEWAY_HTTP:-8000}:8080"),
    "compose.yaml, an image's tag": (COMPOSE, "image: apache/kafka:4.2.0", "image: apache/kafka:4.2.1"),
    "compose.yaml, a name": (COMPOSE, "\n  mlflow:\n", "\n  tracking:\n"),
    "compose.yaml, an address": (COMPOSE, "POSTGRES_HOST: payments-db", "POSTGRES_HOST: postgres"),
    "the chart, a port": (f"{CHART}/templates/trino.yaml", "port: 8080, targetPort", "port: 8081, targetPort"),
    "the chart, an image's tag": (f"{CHART}/values.yaml", "apache/polaris:1.7.0", "apache/polaris:1.7.1"),
    "the chart, a name": (f"{CHART}/templates/mlflow.yaml", "kind: Service\nmetadata:\n  name: mlflow", TRACKING),
    "the chart, an address": (f"{CHART}/templates/addresses.yaml", "kafka:9092", "kafka:9093"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the agreement tests read, somewhere else."""
    folder = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    for name in FILES:
        shutil.copy(REPOSITORY / name, folder / name)
    return folder


def agreement(copy: Path) -> "subprocess.CompletedProcess[str]":
    ours = {"PYTHONPATH": f"{copy}{os.pathsep}{copy / 'platform'}", "LAKEHOUSE_STATE": str(copy / "state")}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--tb=no", *AGREEMENT]
    return subprocess.run(command, cwd=copy, env=os.environ | ours, capture_output=True, text=True, check=False)


def test_the_copy_agrees_with_itself(copy: Path) -> None:
    result = agreement(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("change", CHANGED)
def test_a_change_in_one_place_alone_fails_a_test(copy: Path, change: str) -> None:
    name, old, new = CHANGED[change]
    file = copy / name
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    try:
        result = agreement(copy)
    finally:
        file.write_text(text, encoding="utf-8")
    assert result.returncode == pytest.ExitCode.TESTS_FAILED, result.stdout
    assert "1 failed" in result.stdout
