"""Toxiproxy: connections that can be cut, slowed and stalled, for fault tests and labs."""

from stack.context import LOCALHOST
from stack.install import golang
from stack.progress import Step
from stack.servers.base import Program, Server


class Toxiproxy(Server):
    """One process for all proxies. They are made through its HTTP API and end with it."""

    def installed(self) -> bool:
        """Tell whether it was built."""
        return (self.home / "toxiproxy").exists()

    def builds(self) -> bool:
        """It is compiled: a released program is not reachable from every machine."""
        return True

    def install(self, step: Step) -> None:
        """Build it with Go."""
        golang.install(self.spec.native["go"], self.home / "toxiproxy", step)

    def program(self) -> Program:
        """Return the process; nobody else on the network reaches its API."""
        api = ("-host", LOCALHOST, "-port", str(self.context.port("toxiproxy", "api")))
        return Program((self.home / "toxiproxy", *api), self.data)
