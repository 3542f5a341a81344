"""The compose backend with a `docker` that answers as told and writes down what it was asked."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.contracts.settings import REPOSITORY
from stack import compose
from stack.context import Context
from stack.errors import StackError
from stack.progress import Reporter

pytestmark = pytest.mark.usefixtures("state")
LAKEHOUSE = Path(sys.executable).with_name("lakehouse")
DOCKER = """#!/bin/sh
echo "$@" >> "{asked}"
case "$*" in
    version*) {engine} ;;
    *" ps "*) echo '{{"Service": "polaris", "State": "running"}}' ;;
    *" up "*) exit 1 ;;
    *) env > "{environment}" ;;
esac
"""


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with Docker on PATH; the folder has what it was asked."""
    folder = tmp_path / "bin"
    folder.mkdir()
    engine(folder, "true")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return folder


def engine(folder: Path, does: str) -> None:
    script = DOCKER.format(asked=folder / "asked", environment=folder / "environment", engine=does)
    (folder / "docker").write_text(script)
    (folder / "docker").chmod(0o755)


def test_without_docker_it_says_so_and_names_the_other_backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StackError, match="not installed") as refused:
        compose.up(Context.load(), Reporter())
    assert "--backend native" in refused.value.remedy


def test_without_an_engine_it_repeats_what_docker_said(docker: Path) -> None:
    engine(docker, "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    with pytest.raises(StackError, match="no engine answers: Cannot connect to the Docker daemon"):
        compose.up(Context.load(), Reporter())


def test_the_command_ends_with_that_message_and_starts_nothing(docker: Path, state: Path) -> None:
    engine(docker, "exit 1")
    environment = os.environ | {"LAKEHOUSE_STATE": str(state)}
    ended = subprocess.run(
        [LAKEHOUSE, "up", "--backend", "compose"], env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False)
    assert "no engine answers" in ended.stderr
    assert "compose" not in (docker / "asked").read_text()


def test_the_status_is_that_of_the_containers(docker: Path) -> None:
    found = {one.name: one.state for one in compose.status(Context.load())}
    assert docker.exists()
    assert (found["catalog"], found["kafka"], found["gateway"]) == ("running", "stopped", "stopped")


def test_down_takes_every_profile_and_keeps_the_data(docker: Path) -> None:
    compose.down(Context.load(), Reporter())
    asked = (docker / "asked").read_text().splitlines()[-1]
    assert asked == f"compose --file {REPOSITORY / 'compose.yaml'} --profile * down --remove-orphans"


def test_only_mlflow_starts_it_and_what_it_needs_whatever_their_profiles(docker: Path) -> None:
    with pytest.raises(StackError, match="Not every container got healthy"):
        compose.up(Context.load(port_offset=100), Reporter(), only=("mlflow",))
    asked = (docker / "asked").read_text().splitlines()[-1]
    assert asked.partition("--profile ")[2] == "* up --detach --wait payments-db minio mlflow"


def test_what_has_no_container_is_refused(docker: Path) -> None:
    with pytest.raises(StackError, match="toxiproxy has no container"):
        compose.up(Context.load(), Reporter(), only=("toxiproxy",))
    assert not (docker / "asked").exists()


def test_only_a_reset_deletes_the_volumes(docker: Path) -> None:
    compose.down(Context.load(), Reporter(), forget=True)
    assert (docker / "asked").read_text().splitlines()[-1].endswith("--volumes")


def test_compose_is_given_the_moved_ports_and_the_secrets_of_the_clone(docker: Path) -> None:
    context = Context.load(port_offset=100)
    compose.down(context, Reporter())
    given = dict(line.split("=", 1) for line in (docker / "environment").read_text().splitlines() if "=" in line)
    assert (given["PORT_CATALOG_API"], given["PORT_KAFKA_BROKER"]) == ("8281", "9192")
    assert given["S3_SECRET_KEY"] == context.secrets.minio_password
    assert json.dumps(context.secrets.polaris_secret) not in (docker / "asked").read_text()
