"""The real Docker Compose accepts compose.yaml and resolves it to what is meant."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from services.contracts.settings import REPOSITORY

# The program is built at the first run on a machine.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def config(
    program: Path, *options: str, env_file: Path = REPOSITORY / ".env.example"
) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    command = [program, "-f", REPOSITORY / "compose.yaml", "--env-file", env_file, "config", *options]
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, env=clean)


@pytest.fixture(scope="module")
def resolved(docker_compose: Path) -> dict[str, Any]:
    result = config(docker_compose, "--format", "json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_the_file_is_valid_with_the_example_env_and_without_a_warning(docker_compose: Path) -> None:
    result = config(docker_compose, "-q")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_without_the_secrets_it_is_refused_with_the_remedy(docker_compose: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.env"
    empty.touch()
    result = config(docker_compose, "-q", env_file=empty)
    assert result.returncode != 0
    assert "copy .env.example to .env" in result.stderr


def test_everything_published_is_bound_to_this_machine_only(resolved: dict[str, Any]) -> None:
    published = [port for service in resolved["services"].values() for port in service.get("ports", [])]
    assert published
    assert {port["host_ip"] for port in published} == {"127.0.0.1"}


def test_every_mounted_file_is_in_the_repository(resolved: dict[str, Any]) -> None:
    mounts = [volume for service in resolved["services"].values() for volume in service.get("volumes", [])]
    sources = [Path(mount["source"]) for mount in mounts if mount["type"] == "bind"]
    assert sources
    assert [source for source in sources if not source.exists()] == []


def test_the_secret_reaches_polaris_and_trino_as_the_same_one(resolved: dict[str, Any]) -> None:
    polaris = resolved["services"]["polaris"]["environment"]["POLARIS_BOOTSTRAP_CREDENTIALS"]
    trino = resolved["services"]["trino"]["environment"]["CATALOG_CREDENTIAL"]
    realm, client, secret = polaris.split(",")
    assert (realm, trino) == ("POLARIS", f"{client}:{secret}")
