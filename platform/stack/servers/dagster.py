"""Dagster: the UI, and the daemon that runs schedules and sensors, on this repository's own definitions."""

import sys
from importlib.metadata import version
from pathlib import Path

from services.contracts.settings import REPOSITORY, state_dir
from stack.context import LOCALHOST
from stack.servers.base import Program, Server

DEFINITIONS = "services.ingestion.definitions"


class Dagster(Server):
    """`dagster dev`, with the run history in the clone's state, where the headless batch keeps it too."""

    @property
    def version(self) -> str:
        """The installed version."""
        return version("dagster")

    def prepare(self) -> None:
        """Make Dagster's folder, with its configuration."""
        from services.ingestion.instance import home  # noqa: PLC0415 - Dagster takes a second to import

        home()

    def program(self) -> Program:
        """Return the process; on SIGINT it ends its children. Secrets are read from the state, not handed on."""
        dagster = Path(sys.executable).with_name("dagster")
        address = ("-h", LOCALHOST, "-p", str(self.context.port("dagster", "ui")))
        environment = {"LAKEHOUSE_STATE": str(state_dir()), "DAGSTER_HOME": str(state_dir() / "dagster")}
        command = (dagster, "dev", "-m", DEFINITIONS, *address)
        return Program(command, REPOSITORY, environment, stop_signal="INT")
