"""One control plane for all tests of this folder, and the `lakehouse cluster` command on it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stack.kubernetes import programs
from stack.kubernetes.cluster import Cluster
from stack.kubernetes.controlplane import control_plane

Make = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def built() -> None:
    """Skip where the programs are not in the cache."""
    if not programs.built():
        pytest.skip("no control plane is built here: `make test-kubernetes` builds it, about 15 minutes, once")


@pytest.fixture(scope="session")
def cluster(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:  # noqa: ARG001 - it skips
    with control_plane(tmp_path_factory.mktemp("control plane")) as started:
        yield started


@pytest.fixture(scope="session")
def make(cluster: Cluster) -> Make:
    """`make TARGET` as a user on this cluster would run it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    ours = f"{programs.folder()}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment |= {"KUBECONFIG": str(cluster.kubeconfig), "PATH": ours}

    def run(*arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", "--no-print-directory", *arguments],
            cwd=ROOT,
            env=environment,
            input=answer,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return run
