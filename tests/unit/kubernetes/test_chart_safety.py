"""No pod of the chart has a right or a secret that it does not need, and none is a single point without need."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from stack.kubernetes.release import CHART

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
Object = Mapping[str, Any]


def test_every_pod_fits_the_level_restricted(pods: Mapping[str, Object]) -> None:
    for name, pod in pods.items():
        security = pod["spec"]["securityContext"]
        assert (security["runAsNonRoot"], security["seccompProfile"]["type"]) == (True, "RuntimeDefault"), name
        assert security["runAsUser"] > 0, name
        for container in pod["spec"]["containers"]:
            assert container["securityContext"]["allowPrivilegeEscalation"] is False, name
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}, name


def test_no_pod_gets_a_variable_for_each_service(pods: Mapping[str, Object]) -> None:
    # TRINO_PORT=tcp://10.0.0.1:8080 would be read by our settings, and GATEWAY_SERVICE_HOST be refused as unknown.
    assert [name for name, pod in pods.items() if pod["spec"]["enableServiceLinks"] is not False] == []


def test_only_dagster_may_talk_to_the_api_server(pods: Mapping[str, Object]) -> None:
    may = {name for name, pod in pods.items() if pod["spec"]["automountServiceAccountToken"]}
    assert may == {"dagster", "dagster-code", "dagster-daemon"}


def test_every_pod_has_an_account_of_the_chart(chart: list[Object], pods: Mapping[str, Object]) -> None:
    accounts = {each["metadata"]["name"] for each in chart if each["kind"] == "ServiceAccount"}
    assert {pod["spec"]["serviceAccountName"] for pod in pods.values()} == accounts


def test_every_container_says_what_it_takes(pods: Mapping[str, Object]) -> None:
    for pod in pods.values():
        for container in pod["spec"]["containers"]:
            asked, limits = container["resources"]["requests"], container["resources"]["limits"]
            assert asked["memory"] == limits["memory"]
            assert "cpu" in asked


def test_no_secret_is_in_a_value_or_in_a_template() -> None:
    for file in (*CHART.glob("values*.yaml"), *CHART.glob("templates/*")):
        text = file.read_text(encoding="utf-8")
        assert re.findall(r"(?i)(password|secret|token)\w*: +[\"']?[a-z0-9]{8,}", text) == [], file.name


def test_every_secret_that_a_pod_reads_is_made(
    named: Mapping[tuple[str, str], Object], pods: Mapping[str, Object]
) -> None:
    made = set(named["Secret", "lakehouse"]["data"])
    read = {
        each["valueFrom"]["secretKeyRef"]["key"]
        for pod in pods.values()
        for container in pod["spec"]["containers"]
        for each in container.get("env", [])
        if "secretKeyRef" in each.get("valueFrom", {})
    }
    assert read == made


def test_only_who_needs_postgres_knows_its_password(pods: Mapping[str, Object]) -> None:
    def reads(pod: Object) -> bool:
        return "POSTGRES_PASSWORD" in str(pod)

    assert not reads(pods["gateway"])
    assert not reads(pods["normalizer"])
    assert not reads(pods["trino-worker"])
    assert reads(pods["orchestrator"])


def test_the_network_policies_name_components_that_exist(chart: list[Object], pods: Mapping[str, Object]) -> None:
    components = {pod["metadata"]["labels"]["app.kubernetes.io/component"] for pod in pods.values()}
    named = {
        name
        for policy in chart
        if policy["kind"] == "NetworkPolicy"
        for rule in policy["spec"].get("ingress", [])
        for peer in rule.get("from", [])
        for expression in peer.get("podSelector", {}).get("matchExpressions", ())
        for name in expression["values"]
    }
    assert named <= components


def test_the_steps_of_a_pipeline_reach_what_they_read_and_nothing_else(named: Mapping[tuple[str, str], Object]) -> None:
    reached = {name for (kind, name), each in named.items() if kind == "NetworkPolicy" and "kubeflow" in str(each)}
    assert reached == {"minio", "polaris", "mlflow"}


def test_a_disruption_budget_finds_the_pods_of_each_server_and_service(
    chart: list[Object], pods: Mapping[str, Object]
) -> None:
    budgets = [
        each["spec"]["selector"]["matchLabels"].items() for each in chart if each["kind"] == "PodDisruptionBudget"
    ]
    for name, pod in pods.items():
        single = "setup" in name or name.startswith("dagster")
        covered = [labels for labels in budgets if labels <= pod["metadata"]["labels"].items()]
        assert len(covered) == (0 if single else 1), name
