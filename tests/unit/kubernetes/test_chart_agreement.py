"""The chart says what platform/servers.toml and compose.yaml say: images, ports, names, addresses, settings."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from services.contracts.settings import REPOSITORY
from stack.manifest import Spec, services, specs
from tests.unit.compose.expected import addresses

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
Object = Mapping[str, Any]
REACHED = [spec for spec in specs().values() if spec.host]
by_name = pytest.mark.parametrize("spec", REACHED, ids=lambda spec: spec.name)
COMPOSE = yaml.safe_load((REPOSITORY / "compose.yaml").read_text(encoding="utf-8"))["services"]
# The pods of each server, and the container of compose.yaml that is the same program.
SAME_PROGRAM = {
    "payments-db": "payments-db",
    "minio": "minio",
    "polaris": "polaris",
    "trino-coordinator": "trino",
    "trino-worker": "trino",
    "kafka": "kafka",
    "mlflow": "mlflow",
    **{f"temporal-{role}": "temporal" for role in ("frontend", "history", "matching", "worker")},
    **{name: name for name in services()},
    **{name: name for name in ("dagster", "dagster-code", "dagster-daemon")},
}


def selected(service: Object, pods: Mapping[str, Object]) -> list[Object]:
    wanted = service["spec"]["selector"].items()
    return [pod for pod in pods.values() if wanted <= pod["metadata"]["labels"].items()]


def variables(pod: Object) -> dict[str, str]:
    return {each["name"]: each["value"] for each in pod["spec"]["containers"][0].get("env", []) if "value" in each}


@by_name
def test_a_service_has_the_name_and_the_ports_of_the_server(
    named: Mapping[tuple[str, str], Object], spec: Spec
) -> None:
    internal = spec.compose.get("internal_ports", ())
    given = {port["name"]: port["port"] for port in named["Service", spec.host]["spec"]["ports"]}
    assert given == {name: port for name, port in spec.ports.items() if name not in internal}


def test_every_service_finds_pods_that_have_its_ports(chart: list[Object], pods: Mapping[str, Object]) -> None:
    for service in (each for each in chart if each["kind"] == "Service"):
        found = selected(service, pods)
        assert found, service["metadata"]["name"]
        for pod in found:
            open_ports = [port for container in pod["spec"]["containers"] for port in container.get("ports", [])]
            known = {port.get("name") for port in open_ports} | {port["containerPort"] for port in open_ports}
            targets = {port.get("targetPort", port["port"]) for port in service["spec"]["ports"]}
            assert targets <= known


@pytest.mark.parametrize("pod", SAME_PROGRAM)
def test_a_pod_runs_the_image_of_the_compose_container(pods: Mapping[str, Object], pod: str) -> None:
    assert pods[pod]["spec"]["containers"][0]["image"] == COMPOSE[SAME_PROGRAM[pod]]["image"]


def test_every_image_is_one_of_compose(pods: Mapping[str, Object]) -> None:
    ours = {container["image"] for pod in pods.values() for container in pod["spec"]["containers"]}
    assert ours == {definition["image"] for definition in COMPOSE.values()}


@pytest.mark.parametrize("name", services())
def test_a_service_runs_the_command_of_compose(pods: Mapping[str, Object], name: str) -> None:
    assert pods[name]["spec"]["containers"][0]["command"] == COMPOSE[name]["command"]


@pytest.mark.parametrize("name", ["dagster", "dagster-code", "dagster-daemon", "mlflow"])
def test_dagster_and_mlflow_run_the_commands_of_compose(pods: Mapping[str, Object], name: str) -> None:
    assert pods[name]["spec"]["containers"][0]["command"] == COMPOSE[name]["command"]


@pytest.mark.parametrize("name", services())
def test_a_service_is_ready_by_the_probe_of_the_native_one(pods: Mapping[str, Object], name: str) -> None:
    probe, container = specs()[name].probe, pods[name]["spec"]["containers"][0]
    if probe["kind"] == "consumer_group":
        command = ["python", "-m", "services.contracts.consumer_group", probe["group"]]
        assert container["startupProbe"]["exec"]["command"] == command
    else:
        assert container["readinessProbe"]["httpGet"]["path"] == probe["path"]


def test_the_addresses_are_those_of_the_servers(named: Mapping[tuple[str, str], Object]) -> None:
    given = dict(named["ConfigMap", "addresses"]["data"])
    del given["KAFKA_COPIES"]  # a cluster has more than one broker; this machine has not
    assert given == addresses()


def test_every_address_in_a_pod_or_a_file_is_a_service_with_that_port(
    chart: list[Object], pods: Mapping[str, Object]
) -> None:
    there = {
        f"{each['metadata']['name']}:{port['port']}"
        for each in chart
        if each["kind"] == "Service"
        for port in each["spec"]["ports"]
    }
    files = [text for each in chart if each["kind"] == "ConfigMap" for text in each["data"].values()]
    values = [value for pod in pods.values() for value in variables(pod).values()]
    used = {found for text in (*files, *values) for found in re.findall(r"\b[a-z]+(?:-[a-z]+)*:\d{4,5}\b", text)}
    assert {"payments-db:5432", "polaris:8181", "kafka-brokers:9093", "trino:8080"} <= used
    assert used <= there


def test_kafka_has_the_settings_of_compose_but_for_copies_and_addresses(pods: Mapping[str, Object]) -> None:
    differs = ("ADVERTISED", "LISTENERS", "VOTERS", "REPLICATION", "ISR", "NODE_ID", "HEAP", "LOG_DIRS", "INSYNC")
    given, expected = variables(pods["kafka"]), COMPOSE["kafka"]["environment"]

    def alike(settings: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in settings.items() if not any(part in name for part in differs)}

    assert alike(given) == alike(expected)


def test_mlflow_has_the_settings_of_compose_but_for_secrets(pods: Mapping[str, Object]) -> None:
    given, expected = variables(pods["mlflow"]), COMPOSE["mlflow"]["environment"]
    assert re.sub(r"\$\(\w+\)", "payments", given["MLFLOW_BACKEND_STORE_URI"]) == expected["MLFLOW_BACKEND_STORE_URI"]
    open_ones = {name for name in expected if name.startswith("MLFLOW_")} - {"MLFLOW_BACKEND_STORE_URI"}
    assert {name: given.get(name) for name in open_ones} == {name: expected[name] for name in open_ones}


def test_trino_has_the_limits_of_the_native_one_on_a_laptop(named: Mapping[tuple[str, str], Object], size: str) -> None:
    def settings(text: str) -> dict[str, str]:
        return dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))

    native = settings((REPOSITORY / "platform" / "trino" / "config.properties").read_text(encoding="utf-8"))
    given = settings(named["ConfigMap", "trino"]["data"]["coordinator.properties"])
    assert given["coordinator"] == native["coordinator"]
    if size == "laptop":
        assert {key: given[key] for key in given if "memory" in key} == {
            key: native[key] for key in native if "memory" in key
        }


@pytest.mark.parametrize("pod", SAME_PROGRAM)
def test_a_pod_may_take_at_least_the_memory_of_the_native_server(pods: Mapping[str, Object], pod: str) -> None:
    units = {"Mi": 1, "Gi": 1024}
    if pod.startswith(("temporal-", "dagster")):
        return  # natively one process, here several
    limit = pods[pod]["spec"]["containers"][0]["resources"]["limits"]["memory"]
    (spec,) = (each for each in specs().values() if (each.host or each.name) == SAME_PROGRAM[pod])
    assert int(limit[:-2]) * units[limit[-2:]] >= spec.memory_mib
