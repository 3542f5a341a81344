"""compose.yaml says what platform/servers.toml and the servers' own configuration files say."""

import subprocess
from typing import Any

import pytest

from stack.manifest import Spec, servers, services, specs
from stack.paths import PLATFORM

SERVERS = [spec for spec in specs().values() if spec.compose]
CONTAINERS = [*SERVERS, *(specs()[name] for name in (*services(), "dagster"))]
by_name = pytest.mark.parametrize("spec", SERVERS, ids=lambda spec: spec.name)
by_any_name = pytest.mark.parametrize("spec", CONTAINERS, ids=lambda spec: spec.name)
UNITS = {"m": 1, "g": 1024}


def service(compose: dict[str, Any], spec: Spec) -> dict[str, Any]:
    """The service whose name, and so whose address in the network, is the server's host."""
    return compose["services"][spec.host or spec.name]


@by_name
def test_the_image_is_the_pinned_one(compose: dict[str, Any], spec: Spec) -> None:
    assert service(compose, spec)["image"] == spec.compose["image"]


@by_name
def test_the_image_has_the_servers_version(spec: Spec) -> None:
    tag = spec.compose["image"].partition(":")[2]
    version = spec.compose.get("version", spec.version)
    assert tag == version or tag.startswith(f"{version}.")


@by_any_name
def test_the_same_ports_are_published_each_with_the_variable_that_moves_it(compose: dict[str, Any], spec: Spec) -> None:
    published = {port.rpartition(":")[0] for port in service(compose, spec).get("ports", [])}
    internal = spec.compose.get("internal_ports", ())
    assert published == {
        f"127.0.0.1:${{PORT_{spec.name.upper()}_{name.upper()}:-{port}}}"
        for name, port in spec.ports.items()
        if name not in internal
    }


@by_any_name
def test_a_container_listens_at_the_port_of_its_server(compose: dict[str, Any], spec: Spec) -> None:
    inside = {int(port.rpartition(":")[2]) for port in service(compose, spec).get("ports", [])}
    if spec.name == "kafka":  # this machine's listener; containers have the port itself
        inside = {int(compose["services"]["kafka"]["environment"]["KAFKA_LISTENERS"].split(":")[2].partition(",")[0])}
    internal = spec.compose.get("internal_ports", ())
    assert inside == {port for name, port in spec.ports.items() if name not in internal}


@by_any_name
def test_a_container_may_take_at_least_the_memory_that_the_server_needs(compose: dict[str, Any], spec: Spec) -> None:
    limit = service(compose, spec)["mem_limit"]
    assert int(limit[:-1]) * UNITS[limit[-1]] >= spec.memory_mib


@by_any_name
def test_every_server_has_a_health_check(compose: dict[str, Any], spec: Spec) -> None:
    assert "test" in service(compose, spec)["healthcheck"]


def test_every_server_that_a_plain_up_starts_is_here_and_what_is_on_demand_has_a_profile(
    compose: dict[str, Any],
) -> None:
    assert {spec.name for spec in SERVERS} >= set(servers())
    for spec in SERVERS:
        assert bool(service(compose, spec).get("profiles")) == spec.on_demand


def test_every_image_has_an_exact_tag(compose: dict[str, Any]) -> None:
    images = {definition["image"] for definition in compose["services"].values()}
    assert [image for image in images if ":" not in image or image.endswith(":latest")] == []


def test_some_service_waits_for_each_setup_to_succeed(compose: dict[str, Any]) -> None:
    # Without one, `docker compose up --wait` calls a setup that has ended a failure.
    waited_for = {
        name
        for definition in compose["services"].values()
        for name, dependency in definition.get("depends_on", {}).items()
        if dependency["condition"] == "service_completed_successfully"
    }
    assert waited_for == {name for name in compose["services"] if name.endswith("-setup")}


def test_the_setup_scripts_are_shell_without_a_syntax_error() -> None:
    scripts = sorted(PLATFORM.glob("*/compose/*.sh"))
    assert scripts
    for script in scripts:
        subprocess.run(["sh", "-n", str(script)], check=True)


def test_kafka_has_the_settings_of_the_native_broker(compose: dict[str, Any]) -> None:
    # Containers and this machine need a listener each, so the map has one more.
    addresses = {"listener.security.protocol.map"}
    given = compose["services"]["kafka"]["environment"]
    lines = (PLATFORM / "kafka" / "server.properties").read_text(encoding="utf-8").splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    expected = {
        f"KAFKA_{key.upper().replace('.', '_')}": value for key, value in settings.items() if key not in addresses
    }
    assert {key: given.get(key) for key in expected} == expected


def test_polaris_has_the_features_of_the_native_catalog(compose: dict[str, Any]) -> None:
    given = compose["services"]["polaris"]["environment"]
    lines = (PLATFORM / "polaris" / "application.properties").read_text(encoding="utf-8").splitlines()
    features = dict(line.split("=", 1) for line in lines if line.startswith("polaris."))
    assert features
    assert {key: given.get(key) for key in features} == features
