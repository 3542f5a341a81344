"""The dbt project as Dagster needs it: its manifest, built only when a source has changed, and its environment.

`python -m services.ingestion.dbt_project` builds the manifest; an image does so once, for all who start from it.
"""

import hashlib
import sys
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from dagster_dbt import DbtCliResource, DbtProject
from filelock import FileLock
from packaging.version import Version

from services.contracts.environment import environment
from services.contracts.settings import REPOSITORY
from services.ingestion.errors import DbtError
from services.ingestion.settings import IngestionSettings

PROJECT_DIR = REPOSITORY / "dbt"
_QUIETLY = ("--quiet", "--log-level-file", "none")
_NOT_SOURCES = {"target", "logs", "dbt_packages", ".env", ".user.yml"}


def variables(settings: IngestionSettings) -> dict[str, str]:
    """Return the variables that `dbt/profiles.yml` reads, for the platform that these settings name."""
    return {
        "TRINO_HOST": settings.trino.host,
        "TRINO_PORT": str(settings.trino.port),
        "TRINO_USER": settings.trino.user,
        "TRINO_CATALOG": settings.trino.catalog,
        "TRINO_SCHEMA_NAME": settings.namespace,
    }


def prepare(settings: IngestionSettings) -> DbtProject:
    """Return the project with a manifest that matches its sources; run `dbt deps` and `dbt parse` if it does not.

    Raises:
        DbtError: dbt refused the project.
    """
    project = DbtProject(PROJECT_DIR)
    stamp = project.manifest_path.with_name("sources.sha256")
    stamp.parent.mkdir(exist_ok=True)
    with FileLock(stamp.with_suffix(".lock")):
        digest = _digest(PROJECT_DIR)
        if not (project.manifest_path.exists() and stamp.exists() and stamp.read_text() == digest):
            with environment(variables(settings)):
                _dbt("deps")
                _dbt("parse")
            stamp.write_text(_digest(PROJECT_DIR))
    return project


class InstalledDbt(DbtCliResource):
    """The dbt beside us. Its version is read, not asked for: `dbt --version` imports dbt, seven seconds, once more."""

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))


def cli(project: DbtProject) -> DbtCliResource:
    """Return the resource that runs dbt, from the environment that runs us, whatever PATH says."""
    return InstalledDbt(project_dir=str(project.project_dir), dbt_executable=str(Path(sys.executable).with_name("dbt")))


def _dbt(command: str) -> None:
    """Run a command in this process: starting another would import dbt, seven seconds, once more."""
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - half a second, and most batches find the manifest as it is

    directory = str(PROJECT_DIR)
    result = dbtRunner().invoke([command, *_QUIETLY, "--project-dir", directory, "--profiles-dir", directory])
    if not result.success:
        raise DbtError(f"dbt {command} failed in {directory}: {result.exception or 'see its output above'}")


def _digest(directory: Path) -> str:
    """Return a hash over the names and contents of the project's own files."""
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        relative = path.relative_to(directory)
        if path.is_file() and relative.parts[0] not in _NOT_SOURCES:
            digest.update(f"{relative}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    prepare(IngestionSettings())
