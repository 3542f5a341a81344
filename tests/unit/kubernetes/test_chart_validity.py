"""Helm and the schemas of Kubernetes accept the chart."""

import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from stack.kubernetes import programs
from stack.kubernetes.cluster import MINIMUM
from stack.kubernetes.release import CHART

# The program is built at the first run on a machine.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
OLDEST = ".".join(map(str, MINIMUM))
NEWEST = programs.KUBERNETES.rpartition(".")[0]


def test_helm_finds_no_fault(helm: Path, size: str) -> None:
    command = [helm, "lint", CHART, "--strict", "--values", CHART / f"values-{size}.yaml"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
    assert "0 chart(s) failed" in result.stdout


def test_without_a_size_the_chart_is_refused(helm: Path) -> None:
    result = subprocess.run([helm, "template", "lakehouse", CHART], capture_output=True, text=True, check=False)
    assert result.returncode != 0


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_every_object_has_the_form_that_kubernetes_publishes(chart: list[dict[str, Any]], version: str) -> None:
    assert chart
    for each in chart:
        kubernetes_validate.validate(each, version, strict=True)


def test_a_misspelt_field_does_not_have_it(chart: list[dict[str, Any]]) -> None:
    deployment = next(each for each in chart if each["kind"] == "Deployment")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**deployment, "spec": {**deployment["spec"], "replica": 1}}, NEWEST, strict=True)


def test_no_two_objects_have_the_same_name(chart: list[dict[str, Any]]) -> None:
    names = [(each["kind"], each["metadata"]["name"]) for each in chart]
    assert len(names) == len(set(names))


def test_the_chart_asks_for_the_oldest_version_that_we_check_for() -> None:
    assert f'kubeVersion: ">={OLDEST}.0-0"' in (CHART / "Chart.yaml").read_text(encoding="utf-8")


def test_the_programs_are_of_the_versions_in_our_module() -> None:
    module = (programs.MODULE / "go.mod").read_text(encoding="utf-8")
    assert f"k8s.io/kubernetes v{programs.KUBERNETES} " in module
    assert f"helm.sh/helm/v3 v{programs.HELM} " in module
    tools = module.partition("tool (")[2].partition(")")[0].split()
    assert sorted(tools) == sorted(programs.PACKAGES.values())
