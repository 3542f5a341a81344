"""What every server can do. A server says how; the order, the waiting and the messages are in `stack.lifecycle`."""

import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stack.context import Context
from stack.manifest import specs
from stack.paths import cache_dir, data_dir
from stack.progress import Step


@dataclass(frozen=True)
class Program:
    """A process for the supervisor to run."""

    command: tuple[str | Path, ...]
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: str = "TERM"


class Server(ABC):
    """One process of the platform."""

    def __init__(self, name: str, context: Context) -> None:
        self.name = name
        self.spec = specs()[name]
        self.context = context

    @property
    def version(self) -> str:
        """The version that runs natively."""
        return self.spec.version

    @property
    def home(self) -> Path:
        """Where this version of the server is installed, in the cache."""
        return cache_dir() / "servers" / self.name / self.spec.version

    @property
    def data(self) -> Path:
        """Where this clone's data of the server is."""
        return data_dir(self.name)

    def installed(self) -> bool:
        """Tell whether `install` has nothing to do."""
        return True

    def builds(self) -> bool:
        """Tell whether `install` compiles, so that it runs beside the downloads."""
        return False

    def install(self, step: Step) -> None:  # noqa: B027 - what comes with Python has nothing to install
        """Put the server into the cache. May be interrupted and run again. Raises StackError."""

    def prepare(self) -> None:
        """Write what the server needs before it starts: configuration, an empty store."""
        self.data.mkdir(parents=True, exist_ok=True)

    @abstractmethod
    def program(self) -> Program:
        """Return the process to run."""

    def provision(self) -> None:  # noqa: B027 - most servers need nothing more
        """Create what others expect of the running server (a bucket, topics). Changes nothing the second time."""

    def wipe(self) -> None:
        """Delete this clone's data of the stopped server."""
        shutil.rmtree(self.data, ignore_errors=True)
