"""What is running, how well, on which port, with how much memory."""

import contextlib
from dataclasses import dataclass

import psutil

from stack import probes
from stack.context import Context
from stack.manifest import specs
from stack.servers.registry import server
from stack.supervise import Supervisor


@dataclass(frozen=True)
class Status:
    """One server or service. `memory_mib` is the resident memory of its processes, `uptime_s` in seconds."""

    name: str
    version: str
    state: str
    ready: bool
    pid: int
    ports: dict[str, int]
    memory_mib: int
    uptime_s: int


def status(context: Context) -> list[Status]:
    """Return one entry per server and service, in the order of servers.toml; of those on demand, what runs."""
    states = Supervisor().states()
    found = []
    for spec in specs().values():
        state, pid, uptime = states.get(spec.name, ("stopped", 0, 0.0))
        if spec.on_demand and not pid:
            continue
        chosen = spec.name != "catalog" or context.choices.catalog
        version = server(spec.name, context).version if chosen else spec.version
        ports = {name: context.port(spec.name, name) for name in spec.ports}
        ready = bool(pid) and probes.ready(spec, context)
        found.append(Status(spec.name, version, state, ready, pid, ports, _memory_mib(pid), int(uptime)))
    return found


def _memory_mib(pid: int) -> int:
    if not pid:
        return 0
    total = 0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                # Shared pages count once: PostgreSQL's processes share their buffers.
                memory = each.memory_full_info()
                total += getattr(memory, "pss", memory.rss)
    return total >> 20
