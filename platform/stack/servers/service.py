"""A service of the pipeline: this repository's own Python under the supervisor."""

import sys

from services.contracts.settings import REPOSITORY, state_dir
from stack.servers.base import Program, Server


class Service(Server):
    """`python -m services.NAME`, which reads `platform.env` by itself."""

    def program(self) -> Program:
        """Return the service's process."""
        environment = {"LAKEHOUSE_STATE": str(state_dir())}
        return Program((sys.executable, "-m", self.spec.service), REPOSITORY, environment)
