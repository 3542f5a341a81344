"""Is this machine able to run the course? Each check has a remedy."""

import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from services.contracts.settings import state_dir
from stack import ports
from stack.context import Context
from stack.errors import StackError
from stack.install import golang, java, postgres
from stack.manifest import Spec, specs
from stack.paths import cache_dir
from stack.servers.registry import CATALOGS, server
from stack.supervise import Supervisor

INSTALL_DISK_MIB = 8000
RUN_DISK_MIB = 1000
PYTHONS = ((3, 11), (3, 13))


@dataclass(frozen=True)
class Check:
    """One finding: `ok`, what was found, and what to do if it is not."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def examine(wanted: tuple[Spec, ...], context: Context) -> list[Check]:
    """Return every finding about running these servers here; those already running need nothing more."""
    states = Supervisor().states()
    starting = tuple(spec for spec in wanted if states.get(spec.name, ("stopped",))[0] != "running")
    return [
        _system(),
        _python(),
        _memory(starting),
        *_disks(starting, context),
        _ports(starting, context),
        *_tools(starting),
    ]


def require(wanted: tuple[Spec, ...], context: Context) -> None:
    """Raise StackError with every failed check, before anything is started."""
    failed = [check for check in examine(wanted, context) if not check.ok]
    if failed:
        raise StackError("\n".join(check.found for check in failed), "\n  → ".join(check.remedy for check in failed))


def _system() -> Check:
    found = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    remedy = "Use Linux or macOS; on Windows, WSL2."
    return Check("system", platform.system() in ("Linux", "Darwin"), found, remedy)


def _python() -> Check:
    lowest, highest = PYTHONS
    remedy = "Run `make install PYTHON=python3.12`."
    return Check("python", lowest <= sys.version_info[:2] <= highest, f"Python {platform.python_version()}", remedy)


def _memory(starting: tuple[Spec, ...]) -> Check:
    needed = sum(spec.memory_mib for spec in starting)
    free = psutil.virtual_memory().available >> 20
    found = f"{free} MiB of memory are available; {needed} MiB are needed for what is not running yet."
    return Check(
        "memory", free >= needed, found, "Close other programs, or start fewer servers: `lakehouse up --only …`."
    )


def _disks(starting: tuple[Spec, ...], context: Context) -> list[Check]:
    missing = [spec for spec in starting if not _installed(spec, context)]
    places = [("disk", state_dir(), RUN_DISK_MIB, "LAKEHOUSE_STATE")]
    if missing:
        places.append(("cache disk", cache_dir(), INSTALL_DISK_MIB, "LAKEHOUSE_CACHE"))
    checks = []
    for name, path, needed, variable in places:
        there = next(parent for parent in (path, *path.parents) if parent.exists())
        free = psutil.disk_usage(str(there)).free >> 20
        found = f"{free} MiB of disk are free for {path.name}; {needed} MiB are needed."
        checks.append(Check(name, free >= needed, found, f"Free some, or point {variable} at a folder elsewhere."))
    return checks


def _installed(spec: Spec, context: Context) -> bool:
    if spec.name == "catalog" and not context.choices.catalog:
        return any(kind("catalog", context).installed() for kind in CATALOGS.values())
    return server(spec.name, context).installed()


def _ports(starting: tuple[Spec, ...], context: Context) -> Check:
    try:
        ports.require_free(starting, context)
    except StackError as error:
        return Check("ports", ok=False, found=error.problem, remedy=error.remedy)
    return Check("ports", ok=True, found="every port that is needed is free")


def _tools(starting: tuple[Spec, ...]) -> list[Check]:
    names = {spec.name for spec in starting}
    finders: dict[str, tuple[Callable[[], object], set[str]]] = {
        "go": (golang.go, {"minio", "temporal", "toxiproxy"}),
        "postgres": (postgres.programs, {"postgres"}),
        "user": (postgres.as_nobody, {"postgres"}),
        "java": (java.java, {"kafka", "trino", "catalog"}),
    }
    checks = []
    for tool, (find, users) in finders.items():
        if not users & names:
            continue
        try:
            found = find()
        except StackError as error:
            checks.append(Check(tool, ok=False, found=error.problem, remedy=error.remedy))
        else:
            checks.append(Check(tool, ok=True, found=str(found) if tool != "user" else "PostgreSQL can be started"))
    return checks


def everything() -> tuple[Spec, ...]:
    """Return every server and service that the course keeps running."""
    return tuple(spec for spec in specs().values() if not spec.on_demand)
