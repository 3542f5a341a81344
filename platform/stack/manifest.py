"""What `platform/servers.toml` says, as frozen types."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from stack.errors import StackError
from stack.paths import PLATFORM


@dataclass(frozen=True)
class Spec:
    """One server or service. Ports are those without an offset; `memory_mib` is resident memory under load.

    `ui` is its own page for people: a name, the port, a path, and how to log in where one must.
    """

    name: str
    order: int
    memory_mib: int
    probe: Mapping[str, str]
    version: str = ""
    heap_mib: int = 0
    ports: Mapping[str, int] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    on_demand: bool = False
    host: str = ""
    ui: Mapping[str, str] = field(default_factory=dict)
    service: str = ""
    native: Mapping[str, Any] = field(default_factory=dict)
    compose: Mapping[str, Any] = field(default_factory=dict)


@cache
def specs() -> Mapping[str, Spec]:
    """Return every server and service by name, in the order of the file."""
    with (PLATFORM / "servers.toml").open("rb") as file:
        tables = tomllib.load(file)
    return {
        name: Spec(name=name, **{**table, "needs": tuple(table.get("needs", ()))}) for name, table in tables.items()
    }


def servers() -> tuple[str, ...]:
    """Return the names of the servers that a plain `up` starts."""
    return tuple(name for name, spec in specs().items() if not spec.service and not spec.on_demand)


def services() -> tuple[str, ...]:
    """Return the names of the pipeline's services."""
    return tuple(name for name, spec in specs().items() if spec.service)


def with_needs(names: tuple[str, ...]) -> tuple[Spec, ...]:
    """Return the named ones and all that they need, in start order. Raises StackError for a name that is unknown."""
    wanted: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        if name not in specs():
            raise StackError(f"There is no server named '{name}'.", f"The names are: {', '.join(specs())}.")
        if name not in wanted:
            wanted.add(name)
            queue.extend(specs()[name].needs)
    return tuple(sorted((spec for spec in specs().values() if spec.name in wanted), key=lambda spec: spec.order))
