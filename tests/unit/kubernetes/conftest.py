"""The chart as the real Helm renders it, for each size."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from stack.kubernetes import programs
from stack.kubernetes.release import CHART
from stack.progress import Reporter

SIZES = sorted(path.stem.removeprefix("values-") for path in CHART.glob("values-*.yaml"))
Object = Mapping[str, Any]


@pytest.fixture(scope="session")
def helm() -> Path:
    """Our own Helm, built once into the per-user cache: about four minutes on two cores."""
    programs.install(Reporter(), ["helm"])
    return programs.folder() / "helm"


@pytest.fixture(scope="session", params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def chart(helm: Path, size: str) -> list[Object]:
    """Every object of the chart at one size."""
    values = CHART / f"values-{size}.yaml"
    command = [helm, "template", "lakehouse", CHART, "--namespace", "lakehouse", "--values", values]
    rendered = subprocess.run(command, capture_output=True, text=True, check=False)
    assert rendered.returncode == 0, rendered.stderr
    return [each for each in yaml.safe_load_all(rendered.stdout) if each]


@pytest.fixture(scope="session")
def named(chart: list[Object]) -> Mapping[tuple[str, str], Object]:
    """Every object by its kind and name; a job by its name without the hash."""
    return {
        (
            each["kind"],
            each["metadata"]["name"].rpartition("-")[0] if each["kind"] == "Job" else each["metadata"]["name"],
        ): each
        for each in chart
    }


@pytest.fixture(scope="session")
def pods(chart: list[Object]) -> Mapping[str, Object]:
    """Every pod template, by the name of what makes the pods."""
    return {each["metadata"]["name"]: each["spec"]["template"] for each in chart if "template" in each.get("spec", {})}
