"""Kafka in KRaft mode: the log between the services."""

import asyncio
import os
import subprocess
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from services.contracts.kafka_topics import create_topics
from stack.context import LOCALHOST
from stack.errors import StackError
from stack.install.java import java
from stack.paths import PLATFORM
from stack.progress import Step
from stack.servers.base import Program, Server


class Kafka(Server):
    """One process that is broker and controller."""

    @property
    def _class_path_file(self) -> Path:
        return self.home / "class_path"

    def installed(self) -> bool:
        """Tell whether every jar of its class path is in the cache."""
        file = self._class_path_file
        return file.exists() and all(Path(jar).exists() for jar in file.read_text().split(os.pathsep))

    def install(self, step: Step) -> None:
        """Download the jars and write down the class path."""
        from stack.install import maven  # noqa: PLC0415 - jgo takes half a second to import

        jars = maven.class_path(self.spec.native["maven"], step)
        self.home.mkdir(parents=True, exist_ok=True)
        self._class_path_file.write_text(os.pathsep.join(map(str, jars)))

    def _java(self, main: str, heap_mib: int) -> tuple[str | Path, ...]:
        options = (f"-Xmx{heap_mib}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
        logging = f"-Dlog4j2.configurationFile={PLATFORM / 'kafka' / 'log4j2.properties'}"
        return (java(), *options, logging, "-cp", self._class_path_file.read_text(), main)

    @property
    def _config(self) -> Path:
        return self.data / "server.properties"

    def prepare(self) -> None:
        """Write the configuration and format the log folder."""
        super().prepare()
        broker, controller, behind_proxy = (
            f"{LOCALHOST}:{self.context.port('kafka', name)}" for name in ("broker", "controller", "behind_proxy")
        )
        proxy = f"{LOCALHOST}:{self.context.port('toxiproxy', 'kafka')}"
        here = {
            "listeners": f"PLAINTEXT://{broker},PROXIED://{behind_proxy},CONTROLLER://{controller}",
            # Who comes through the proxy is sent back to the proxy, so that it can cut him off.
            "advertised.listeners": f"PLAINTEXT://{broker},PROXIED://{proxy}",
            "controller.quorum.voters": f"1@{controller}",
            "log.dirs": self.data / "log",
        }
        shared = (PLATFORM / "kafka" / "server.properties").read_text()
        self._config.write_text(shared + "".join(f"{name}={value}\n" for name, value in here.items()))
        if (self.data / "log" / "meta.properties").exists():
            return
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        command = self._java("kafka.tools.StorageTool", 64)
        formatted = subprocess.run(
            [*command, "format", "--cluster-id", cluster_id, "--config", self._config],
            capture_output=True,
            text=True,
            check=False,
        )
        if formatted.returncode:
            raise StackError(f"Kafka could not format its log folder: {(formatted.stdout + formatted.stderr)[-400:]}")

    def program(self) -> Program:
        """Return the broker's process."""
        return Program((*self._java(self.spec.native["main"], self.spec.heap_mib), self._config), self.data)

    def provision(self) -> None:
        """Create the topics of `services.contracts.topics`."""
        asyncio.run(create_topics(f"{LOCALHOST}:{self.context.port('kafka', 'broker')}", copies=1))
