"""`lakehouse cluster …` where something is missing, and with a `kubectl` and a `helm` that answer as told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from services.contracts.settings import state_dir
from stack.context import Context
from stack.kubernetes import forwarding
from stack.kubernetes.commands import app
from stack.paths import write_private

pytestmark = pytest.mark.usefixtures("state")
LAKEHOUSE = Path(sys.executable).with_name("lakehouse")
VERBS = ("check", "setup", "deploy", "destroy", "status", "port-forward-start", "polaris-status", "polaris-logs")
KUBECTL = """#!/bin/sh
echo "kubectl $*" >> "{asked}"
case "$1" in
    version)
        echo '{{"serverVersion": {{"major": "1", "minor": "{minor}", "gitVersion": "v1.{minor}.0"}}}}'
        exit {code} ;;
    config) echo somewhere ;;
esac
"""


def write(program: Path, text: str) -> None:
    program.parent.mkdir(exist_ok=True)
    program.write_text(text)
    program.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without kubectl and helm; its folder `bin` is on PATH."""
    monkeypatch.setenv("LAKEHOUSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{tmp_path / 'none'}")
    return tmp_path


def with_cluster(machine: Path, *, minor: int = 33, answers: bool = True) -> Path:
    asked = machine / "asked"
    write(machine / "bin" / "kubectl", KUBECTL.format(asked=asked, minor=minor, code=0 if answers else 1))
    write(machine / "bin" / "helm", f'#!/bin/sh\necho "helm $*" >> "{asked}"\n')
    return asked


def cluster(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=answer)


@pytest.mark.usefixtures("machine")
def test_without_kubectl_it_says_how_to_get_one() -> None:
    told = subprocess.run([LAKEHOUSE, "cluster", "setup"], capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "kubectl is not installed" in told.stderr
    assert "lakehouse cluster install kubectl" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("verb", VERBS)
def test_without_a_cluster_every_verb_says_so_and_does_nothing(machine: Path, verb: str) -> None:
    asked = with_cluster(machine, answers=False)
    assert "No Kubernetes cluster is reachable" in str(cluster(verb).exception)
    assert {line.split()[1] for line in asked.read_text().splitlines()} <= {"version"}


def test_a_cluster_that_is_too_old_is_refused(machine: Path) -> None:
    with_cluster(machine, minor=24)
    assert "the chart needs 1.29" in str(cluster("deploy").exception)


@pytest.mark.parametrize("answer", ["", "n\n", "no\n"])
def test_destroy_asks_and_without_a_yes_deletes_nothing(machine: Path, answer: str) -> None:
    asked = with_cluster(machine)
    told = cluster("destroy", answer=answer)
    assert told.exit_code == 1
    assert "its data too?" in told.stdout
    assert "helm" not in asked.read_text()
    assert "delete" not in asked.read_text()


def test_destroy_with_a_yes_uninstalls_and_deletes_the_namespace(machine: Path) -> None:
    asked = with_cluster(machine)
    assert cluster("destroy", "--yes").exit_code == 0
    assert [line.split()[1] for line in asked.read_text().splitlines()[-2:]] == ["uninstall", "delete"]


def test_a_size_that_does_not_exist_is_answered_with_those_that_do(machine: Path) -> None:
    with_cluster(machine)
    assert "There are: laptop, team." in str(cluster("deploy", "--size", "huge").exception)


def test_kafka_is_forwarded_to_the_listener_that_advertises_this_machine() -> None:
    forwards = forwarding.forwards(Context.load(port_offset=100))
    assert forwards["pod/kafka-0"] == ("9192:19092",)
    assert forwards["service/trino"] == ("8180:8080",)


def test_another_programs_process_is_no_forward() -> None:
    write_private(state_dir() / "port-forward.json", json.dumps({"service/trino": os.getpid()}))
    assert forwarding.running() == {}
