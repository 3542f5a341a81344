"""Temporal: the CLI carries the server, on a SQLite file."""

from stack.install import golang
from stack.progress import Step
from stack.servers.base import Program, Server

# Write-ahead log without a sync per transaction: three times the workflows per second, safe against a killed process,
# not against a power cut.
PRAGMAS = ("journal_mode=wal", "synchronous=off")


class Temporal(Server):
    """One Temporal server with its user interface."""

    def installed(self) -> bool:
        """Tell whether it was built."""
        return (self.home / "temporal").exists()

    def builds(self) -> bool:
        """It is compiled: a released program is not reachable from every machine."""
        return True

    def install(self, step: Step) -> None:
        """Build it with Go."""
        golang.install(self.spec.native["go"], self.home / "temporal", step)

    def program(self) -> Program:
        """Return the server's process."""
        ports = (
            "--port",
            str(self.context.port("temporal", "grpc")),
            "--ui-port",
            str(self.context.port("temporal", "ui")),
        )
        pragmas = tuple(f"--sqlite-pragma={pragma}" for pragma in PRAGMAS)
        storage = ("--db-filename", str(self.data / "temporal.db"), *pragmas)
        options = ("--ip", "127.0.0.1", *ports, *storage, "--log-level", "warn", "--log-format", "json")
        environment = {"GOMEMLIMIT": f"{self.spec.memory_mib}MiB"}
        return Program((self.home / "temporal", "server", "start-dev", *options), self.data, environment)
