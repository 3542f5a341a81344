"""Another clone on this machine: its own state, its own ports, the same servers from the cache."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from stack import ports
from stack.manifest import specs

LAKEHOUSE = Path(sys.executable).with_name("lakehouse")


# Below the ports that systems give to outgoing connections, any of which may be in use at any moment.
OFFSETS = range(10_500, 20_000, 500)


@dataclass
class Clone:
    """Another clone: its own state, secrets and ports; the servers come from the same cache."""

    state: Path
    offset: int = field(default_factory=lambda: ports.free_offset(random.sample(OFFSETS, len(OFFSETS))))

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"LAKEHOUSE_STATE": str(self.state), "LAKEHOUSE_CATALOG": "reference"}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [LAKEHOUSE, *arguments], env=self.environment, capture_output=True, text=True, timeout=300, check=False
        )

    def python(self, code: str) -> str:
        """Run Python on this clone's platform and return what it prints."""
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def up(self, *only: str) -> subprocess.CompletedProcess[str]:
        return self.run("up", "--only", ",".join(only), "--port-offset", str(self.offset))

    def processes(self) -> dict[str, int]:
        found = json.loads(self.run("status", "--json").stdout)["servers"]
        return {one["name"]: one["pid"] for one in found if one["pid"]}

    def port(self, server: str, name: str) -> int:
        return specs()[server].ports[name] + self.offset


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    clone = Clone(tmp_path / "state of another clone")
    yield clone
    clone.run("down")
