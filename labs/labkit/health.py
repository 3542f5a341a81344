"""The servers that a lab needs: which are up, where their own pages are, and the last lines of one that is not."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import msgspec

from labkit.platform import scrub
from stack import lifecycle, probes
from stack.context import Context
from stack.manifest import Spec, with_needs
from stack.supervise import Supervisor

LOG_LINES = 6
LINE_LENGTH = 160


@dataclass(frozen=True)
class Server:
    """One server or service. `page` is what its own user interface is called, `memory_mib` what it may take."""

    name: str
    ready: bool
    page: str
    url: str
    login: str
    memory_mib: int

    def last_lines(self) -> str:
        """Return the end of its log, without this machine's folders."""
        lines = [_readable(line) for line in lifecycle.last_lines(self.name, LOG_LINES)] or ["(none)"]
        return scrub("\n".join([f"{self.name}, last lines of its log:", *(f"  {line}" for line in lines)]))


def _readable(line: str) -> str:
    """Return the moment, the level and the words of a line that a service logged as JSON; any other line as it is."""
    try:
        entry = msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.MsgspecError:
        return line[:LINE_LENGTH]
    said = [str(entry.pop(name, "")) for name in ("timestamp", "level", "event")]
    rest = (f"{name}={value}" for name, value in entry.items() if name not in ("service", "logger"))
    return " ".join([said[0][11:19], *said[1:], *rest])[:LINE_LENGTH]


def of(names: Collection[str]) -> Sequence[Server]:
    """Return these servers and what they need, in start order, asked all at once."""
    context, wanted = Context.load(), with_needs(tuple(names))
    alive = {name for name, (_, pid, _) in Supervisor().states().items() if pid}
    if not wanted:
        return ()
    # In threads of their own: some probes run an event loop, and a notebook's thread has one already.
    with ThreadPoolExecutor(max_workers=len(wanted)) as pool:
        ready = pool.map(lambda spec: spec.name in alive and probes.ready(spec, context), wanted)
        return [_server(spec, up, context) for spec, up in zip(wanted, ready, strict=True)]


def _server(spec: Spec, up: bool, context: Context) -> Server:  # noqa: FBT001 - what the probe said
    ui = spec.ui
    url = f"{context.url(spec.name, ui['port'])}{ui.get('path', '')}" if ui else ""
    return Server(spec.name, up, ui.get("name", ""), url, ui.get("login", ""), spec.memory_mib)


def down(names: Collection[str]) -> Sequence[Server]:
    """Return those of these servers that do not answer."""
    return [server for server in of(names) if not server.ready]
