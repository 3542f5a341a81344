"""The platform's own processes, killed and started again, and others in their place."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from services.contracts.settings import REPOSITORY
from stack import lifecycle, probes
from stack.context import Context
from stack.manifest import specs
from stack.progress import Reporter
from stack.supervise import Supervisor

LAKEHOUSE = Path(sys.executable).with_name("lakehouse")
WITHIN_S = 60.0


def until(true: Callable[[], bool], what: str, within_s: float = WITHIN_S) -> None:
    """Poll until something is true. Raises AssertionError that says what was waited for."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, f"not within {within_s:g} s: {what}"
        time.sleep(0.05)


class Supervised:
    """The supervised processes, by their names in platform/servers.toml."""

    def pid(self, name: str) -> int:
        """Return the process id; 0 if it does not run."""
        return Supervisor().states().get(name, ("stopped", 0, 0.0))[1]

    def kill(self, name: str) -> None:
        """`kill -9`; returns when the process and its children are gone and the supervisor knows."""
        process = psutil.Process(self.pid(name))
        everybody = [*process.children(recursive=True), process]
        process.kill()
        psutil.wait_procs(everybody, WITHIN_S)  # PostgreSQL's children end by themselves when their parent is gone
        until(lambda: not self.pid(name), f"{name} is seen to be dead")

    def stop(self, name: str) -> None:
        """Stop it the usual way (SIGTERM; PostgreSQL: SIGINT), and wait until it is gone."""
        Supervisor().stop([name])

    def start(self, name: str) -> None:
        """Start it, and what it needs, and wait until it is ready."""
        lifecycle.up((name,), Context.load(), Reporter())


@dataclass(frozen=True)
class StandIn:
    """A service's process with an environment of the test's choice."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def output(self) -> str:
        """Return what it logged so far."""
        return self.log.read_text(encoding="utf-8")

    def kill(self) -> None:
        """`kill -9`; returns when it is gone."""
        self.process.kill()
        self.process.wait(WITHIN_S)

    def stop(self) -> int:
        """SIGTERM; returns the exit code when it has ended."""
        self.process.terminate()
        return self.process.wait(WITHIN_S)

    def alive(self) -> bool:
        """Tell whether it runs."""
        return self.process.poll() is None


@contextmanager
def stand_in(name: str, log: Path, *, ready: bool = True, **environment: str) -> Iterator[StandIn]:
    """Run `python -m services.NAME` with this environment in the place of the supervised one, while the block runs.

    Waits until it is ready, as the platform would; `ready=False` is for one that cannot be.
    """
    Supervised().stop(name)
    spec, context = specs()[name], Context.load()
    command = [sys.executable, "-m", spec.service]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=os.environ | environment, stdout=file, stderr=subprocess.STDOUT
        )
    standing_in = StandIn(process, log)
    try:
        if ready:
            until(
                lambda: probes.ready(spec, context) or not standing_in.alive(), f"{name} is ready:\n{log.read_text()}"
            )
            assert standing_in.alive(), f"{name} ended while it was starting:\n{standing_in.output()}"
        yield standing_in
    finally:
        if standing_in.alive():
            standing_in.stop()
