"""Find out that a port is taken before anything starts, and by whom."""

import contextlib
import socket
from collections.abc import Iterable

import psutil

from stack.context import LOCALHOST, Context
from stack.errors import StackError
from stack.manifest import Spec, specs


def free(port: int) -> bool:
    """Tell whether a server could listen on this port of 127.0.0.1."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((LOCALHOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port of 127.0.0.1 at which nothing listens yet."""
    with socket.socket() as listener:
        listener.bind((LOCALHOST, 0))
        return int(listener.getsockname()[1])


def holder(port: int) -> str:
    """Return the process that listens on a port, as far as this user may know it."""
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            listening = connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port
            if listening and connection.pid:
                process = psutil.Process(connection.pid)
                return f"{process.name()} (process {connection.pid}: {' '.join(process.cmdline())[:80]})"
    return "another process"


def taken(specs: tuple[Spec, ...], context: Context) -> list[str]:
    """Return one sentence for each port that these servers need and cannot have."""
    wanted = ((spec.name, name, context.port(spec.name, name)) for spec in specs for name in spec.ports)
    return [
        f"Port {port} ({server}, {name}) is taken by {holder(port)}." for server, name, port in wanted if not free(port)
    ]


def free_offset(offsets: Iterable[int]) -> int:
    """Return the first offset at which every port of the platform is free. Raises StackError if there is none."""
    wanted = [port for spec in specs().values() for port in spec.ports.values()]
    for offset in offsets:
        if all(free(port + offset) for port in wanted):
            return offset
    raise StackError("No free range of ports was found.", "Stop other platforms: `lakehouse status` in their clones.")


def require_free(specs: tuple[Spec, ...], context: Context) -> None:
    """Raise StackError if a port is taken."""
    problems = taken(specs, context)
    if problems:
        offset = context.choices.port_offset + 10000
        remedy = f"Stop that process, or move the whole platform: `lakehouse up --port-offset {offset}`."
        raise StackError("\n".join(problems), f"{remedy} With make: `make course PORT_OFFSET={offset}`.")
