"""compose.yaml as it stands, and as the real Docker Compose resolves it."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.contracts.settings import REPOSITORY
from stack.install.golang import clean, environment, go
from stack.paths import PLATFORM, cache_dir

VERSION = "v2.40.3"
PACKAGE = "github.com/docker/compose/v2/cmd"
COMPOSE_FILE = REPOSITORY / "compose.yaml"
EXAMPLE_ENV = REPOSITORY / ".env.example"


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    with COMPOSE_FILE.open(encoding="utf-8") as file:
        return yaml.safe_load(file)


@pytest.fixture(scope="session")
def docker_compose() -> Path:
    """The program, built once into the per-user cache: about two minutes on two cores."""
    program = cache_dir() / "tools" / "docker-compose" / VERSION / "docker-compose"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        building = program.with_suffix(".building")
        flags = f"-s -w -X {PACKAGE.removesuffix('/cmd')}/internal.Version={VERSION}"
        command = ["nice", str(go()), "build", "-trimpath", "-ldflags", flags, "-o", str(building), PACKAGE]
        subprocess.run(command, cwd=PLATFORM / "compose", env=environment(), check=True)
        building.replace(program)
        clean()
    return program
