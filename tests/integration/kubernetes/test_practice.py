"""`lakehouse cluster practice`: a cluster for as long as somebody wants it, and nothing of it afterwards."""

import subprocess
import sys
from pathlib import Path

import pytest

from stack.kubernetes.cluster import Cluster

pytestmark = [pytest.mark.kubernetes, pytest.mark.slow, pytest.mark.usefixtures("built")]
LAKEHOUSE = Path(sys.executable).with_name("lakehouse")


def test_it_lasts_until_its_input_ends_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKEHOUSE_STATE", str(tmp_path))
    with subprocess.Popen(
        [LAKEHOUSE, "cluster", "practice"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        name, _, kubeconfig = process.stdout.readline().strip().partition("=")
        assert name == "export KUBECONFIG"
        assert Cluster(Path(kubeconfig)).require().startswith("v1.")
        process.communicate(timeout=120)
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []
