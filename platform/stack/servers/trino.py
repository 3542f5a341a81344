"""Trino: SQL over the Iceberg tables."""

import shutil
import tarfile
from pathlib import Path

from stack.install.java import java
from stack.paths import PLATFORM
from stack.progress import Step
from stack.servers.base import Program, Server

# Trino's own list for Java 24 and newer, less what only a large server needs. Only the quick compiler: on small data,
# the optimising one takes more of two cores than it gives back (a batch of 20 events: 51 s with it, 39 s without).
JVM = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:ReservedCodeCacheSize=150M",
    "-XX:PerMethodRecompilationCutoff=10000",
    "-XX:PerBytecodeRecompilationCutoff=10000",
    "-Djdk.attach.allowAttachSelf=true",
    "-Djdk.nio.maxCachedBufferSize=2000000",
    "-Dfile.encoding=UTF-8",
    "-XX:+EnableDynamicAgentLoading",
    "--enable-native-access=ALL-UNNAMED",
)


class Trino(Server):
    """One Trino that is coordinator and worker, with only the plugins in use."""

    @property
    def _catalogs(self) -> Path:
        """Where Trino looks by default, below the folder that it runs in. It writes there too (CREATE CATALOG)."""
        return self.data / "etc" / "catalog"

    def installed(self) -> bool:
        """Tell whether it was unpacked."""
        return (self.home / "lib").exists()

    def install(self, step: Step) -> None:
        """Download the release; keep its libraries and the plugins in use, which start in half the time."""
        from stack.install import maven  # noqa: PLC0415 - jgo takes half a second to import

        archive = maven.single(self.spec.native["maven"][0], step)
        unpacked = self.home.with_name(f".{self.spec.version}")
        shutil.rmtree(unpacked, ignore_errors=True)
        with tarfile.open(archive) as tar:
            for count, member in enumerate(tar):
                member.name = member.name.partition("/")[2]
                if member.islnk():
                    member.linkname = member.linkname.partition("/")[2]
                if member.name:
                    tar.extract(member, unpacked, filter="tar")
                step.update(f"unpacking, {count} files", count)
        kept = unpacked / "kept"
        kept.mkdir()
        (unpacked / "lib").rename(kept / "lib")
        for plugin in self.spec.native["plugins"]:
            (unpacked / "plugin" / plugin).rename(kept / plugin)
        shutil.rmtree(self.home, ignore_errors=True)
        kept.rename(self.home)
        shutil.rmtree(unpacked)
        archive.unlink()

    def program(self) -> Program:
        """Return the server's process. Its configuration reads everything that varies from the environment."""
        config = PLATFORM / "trino"
        plugins = self.data / "plugin"
        properties = {
            "config": config / "config.properties",
            "log.levels-file": config / "log.properties",
            "node.environment": "course",
            "node.id": "lakehouse",
            "node.data-dir": self.data,
            # A lab writes a catalog file and has it loaded (CREATE CATALOG) without a restart.
            "catalog.management": "dynamic",
        }
        options = (f"-Xmx{self.spec.heap_mib}m", *JVM, *(f"-D{name}={value}" for name, value in properties.items()))
        command = (java(), *options, "-cp", f"{self.home / 'lib'}/*", self.spec.native["main"])
        environment = self.context.environment() | {"TRINO_PLUGIN_DIR": str(plugins)}
        return Program(command, self.data, environment)

    def prepare(self) -> None:
        """Make the folder of plugins, links to the installed ones, and that of catalogs, with the platform's own."""
        self._catalogs.mkdir(parents=True, exist_ok=True)
        for file in (PLATFORM / "trino" / "catalog" / self.context.choices.catalog).glob("*.properties"):
            shutil.copyfile(file, self._catalogs / file.name)
        plugins = self.data / "plugin"
        plugins.mkdir(parents=True, exist_ok=True)
        for name in self.spec.native["plugins"]:
            link = plugins / name
            link.unlink(missing_ok=True)
            link.symlink_to(self.home / name)
