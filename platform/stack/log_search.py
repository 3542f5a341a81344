"""One event's way through the logs of all services: `lakehouse logs --trace TRACE_ID` (or an event's id)."""

from collections.abc import Iterator
from typing import Any

import msgspec
from rich.console import Console
from rich.text import Text

from stack.errors import StackError
from stack.manifest import services, with_needs
from stack.paths import log_file

Line = dict[str, Any]
SHOWN_FIRST = ("timestamp", "service", "event")


def show(needle: str, name: str = "") -> None:
    """Print every line that mentions the id, in the order of time; of one service only if it is named.

    Raises StackError if there is none.
    """
    if name:
        with_needs((name,))
    found = sorted(search(needle, (name,) if name else services()), key=lambda line: str(line.get("timestamp", "")))
    if not found:
        remedy = "`lakehouse trace EVENT_ID` shows an event's trace id; old lines are dropped after 20 MB."
        raise StackError(f"No service's log mentions {needle}.", remedy)
    console = Console(soft_wrap=True)
    for line in found:
        console.print(_as_text(line))


def search(needle: str, names: tuple[str, ...]) -> Iterator[Line]:
    """Yield the JSON lines of these processes' logs that mention the id."""
    wanted = needle.encode()
    for name in names:
        for file in (log_file(name).with_name(f"{name}.log.1"), log_file(name)):
            if file.exists():
                with file.open("rb") as lines:
                    yield from (line for raw in lines if wanted in raw and (line := _decoded(raw)))


def _decoded(raw: bytes) -> Line | None:
    try:
        line = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return None
    return line if isinstance(line, dict) else None


def _as_text(line: Line) -> Text:
    rest = "  ".join(f"{key}={value}" for key, value in line.items() if key not in (*SHOWN_FIRST, "level"))
    clock = str(line.get("timestamp", ""))[11:23]
    return Text.assemble(
        (f"{clock}  ", "dim"), f"{line.get('service', '?'):<13}", (f"{line.get('event', '')}  ", "bold"), rest
    )
