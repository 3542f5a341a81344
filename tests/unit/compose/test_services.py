"""Our own programs in compose.yaml and in their images are those of platform/servers.toml."""

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement

from services.contracts.settings import REPOSITORY
from services.pipelines.images import MODELS
from stack.manifest import services, specs
from stack.paths import PLATFORM
from tests.unit.compose.expected import addresses

DOCKERFILE = (PLATFORM / "images" / "Dockerfile").read_text(encoding="utf-8")
LOCKS = REPOSITORY / "requirements"
by_name = pytest.mark.parametrize("name", services())


def pinned(lock: str) -> dict[str, str]:
    text = (LOCKS / f"{lock}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;]+)", text, re.MULTILINE))


@by_name
def test_a_container_runs_the_service(compose: dict[str, Any], name: str) -> None:
    assert compose["services"][name]["command"] == ["python", "-m", specs()[name].service]


@by_name
def test_a_container_is_healthy_by_the_probe_of_the_native_service(compose: dict[str, Any], name: str) -> None:
    probe, test = specs()[name].probe, compose["services"][name]["healthcheck"]["test"]
    if probe["kind"] == "consumer_group":
        assert test == ["CMD", "python", "-m", "services.contracts.consumer_group", probe["group"]]
    else:
        assert f"http://127.0.0.1:{specs()[name].ports[probe['port']]}{probe['path']}" in test[-1]


@by_name
def test_a_service_waits_for_what_it_needs(compose: dict[str, Any], name: str) -> None:
    def waits_for(service: str) -> set[str]:
        direct = set(compose["services"][service].get("depends_on", {}))
        return direct.union(*(waits_for(other) for other in direct))

    needed = {specs()[other].host for other in specs()[name].needs}
    assert needed <= waits_for(name)


def test_every_address_that_a_container_is_given_is_the_servers_own(compose: dict[str, Any]) -> None:
    given = [
        (service, name, value)
        for service, definition in compose["services"].items()
        for name, value in definition.get("environment", {}).items()
        # Who shares the server's network, or reports the server itself, is at home there.
        if name in addresses() and service not in ("temporal-ui", "temporal")
    ]
    assert given
    assert [(service, name, value) for service, name, value in given if value != addresses()[name]] == []


def test_dagster_listens_where_the_native_one_does(compose: dict[str, Any]) -> None:
    spec, definition = specs()["dagster"], compose["services"]["dagster"]
    assert definition["command"][-3:-2] == [str(spec.ports["ui"])]
    assert f"127.0.0.1:{spec.ports['ui']}{spec.probe['path']}" in definition["healthcheck"]["test"][-1]


def test_the_images_have_the_version_of_the_project(compose: dict[str, Any]) -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    built = {each["image"] for each in compose["services"].values() if "build" in each}
    assert built == {f"lakehouse/{target}:{project['version']}" for target in ("services", "dagster")}


def test_the_image_of_the_pipelines_steps_is_a_target_of_that_version() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"lakehouse/models:{project['version']}" == MODELS
    assert "\nFROM base AS models\n" in DOCKERFILE


def test_the_images_are_built_by_the_uv_that_this_machine_uses() -> None:
    bootstrap = (PLATFORM / "bootstrap.py").read_text(encoding="utf-8")
    ours = Requirement(re.search(r'^UV = "(.+)"', bootstrap, re.MULTILINE)[1])
    assert f"astral-sh/uv:{str(ours.specifier).removeprefix('==')} " in DOCKERFILE


@pytest.mark.parametrize("lock", ["services", "models", "dagster"])
def test_an_image_holds_the_versions_that_are_tested_on_this_machine(lock: str) -> None:
    tested, held = pinned("main"), pinned(lock)
    assert {name: version for name, version in held.items() if tested.get(name, version) != version} == {}


@pytest.mark.parametrize("group", ["services", "models", "dagster"])
def test_a_lock_has_every_package_of_its_group(group: str) -> None:
    groups = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]

    def packages(name: str) -> set[str]:
        own = {Requirement(each).name.lower() for each in groups[name] if isinstance(each, str)}
        return own.union(*(packages(each["include-group"]) for each in groups[name] if isinstance(each, dict)))

    assert packages(group) <= set(pinned(group))


def test_nobody_is_root_in_an_image() -> None:
    for stage in re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]:
        if re.match(r"base AS ", stage):
            assert "\nUSER 10001\n" in stage
