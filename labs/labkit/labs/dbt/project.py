"""The real dbt project with a learner's files in it: a copy, pointed at a namespace of the lab's own.

A copy, because two people who change the same project would build each other's half-finished models; the files beside
it are the platform's, file by file.
"""

import json
import logging
import re
import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from labkit import source
from labkit.errors import ServerDownError
from labkit.platform import scrub
from services.contracts.environment import environment
from services.contracts.errors import LakehouseError
from services.contracts.settings import REPOSITORY, Trino, state_dir

LAB: Final = "07_dbt"
GIVEN: Final = Path(__file__).parent / "given"
FACTS: Final = "models/lab07/fct_cafe_payments.sql"
PLACES: Final[Mapping[str, str]] = {
    "staging": "models/lab07/stg_cafe_payments.sql",
    "customer_tier": "macros/customer_tier.sql",
    "guest_versions": "models/lab07/dim_guest.sql",
    "history_test": "tests/generic/history.sql",
    "changed_rows": FACTS,
}
"""Which file of the project each exercise writes."""
_OWN_TO_A_FOLDER: Final = shutil.ignore_patterns(
    "target", "logs", "dbt_packages", "package-lock.yml", ".env", ".user.yml"
)
# The manifest is large; it is written where somebody reads it.
_QUIETLY: Final = ("--no-write-json", "--quiet", "--log-level", "none", "--log-level-file", "none")
_HEADING: Final = re.compile(r"^.*?(Compilation|Database|Runtime|Parsing|Dbt Internal) Error[^\n]*\n", re.DOTALL)
LONGEST: Final = 300


class DbtRefusedError(LakehouseError):
    """dbt, or Trino through dbt, did not take the project; with its own words."""


@cache
def reference(exercise: str) -> str:
    """Return what the reference solution returns."""
    text: str = source.reference(LAB, exercise)()
    return text


def as_file(exercise: str, text: str) -> str:
    """Return the content of the exercise's file; the condition of the facts goes into the model that is given."""
    if PLACES[exercise] != FACTS:
        return text
    return (GIVEN / FACTS).read_text(encoding="utf-8").replace("__CHANGED__", text)


@dataclass(frozen=True)
class Project:
    """The copy for one namespace; `folder` is where it is."""

    namespace: str

    @property
    def folder(self) -> Path:
        """Where the copy is, in the clone's state."""
        return state_dir() / "labs" / self.namespace

    def variables(self) -> dict[str, str]:
        """Return what `dbt/profiles.yml` reads: the platform's Trino, and the lab's namespace."""
        server = Trino()
        return {
            "TRINO_HOST": server.host,
            "TRINO_PORT": str(server.port),
            "TRINO_USER": server.user,
            "TRINO_CATALOG": server.catalog,
            "TRINO_SCHEMA_NAME": self.namespace,
        }

    @contextmanager
    def holding(self, answers: Mapping[str, str]) -> Iterator[None]:
        """Put these answers into their files, the reference's into all others, and keep other kernels out meanwhile."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder.with_name(f"{self.namespace}.lock")):
            self._write(answers)
            with environment(self.variables()):
                yield

    def _write(self, answers: Mapping[str, str]) -> None:
        fresh = not (self.folder / "dbt_project.yml").exists()
        shutil.copytree(REPOSITORY / "dbt", self.folder, ignore=_OWN_TO_A_FOLDER, dirs_exist_ok=True)
        shutil.copytree(GIVEN, self.folder, dirs_exist_ok=True)
        for exercise, place in PLACES.items():
            text = answers.get(exercise)
            (self.folder / place).write_text(as_file(exercise, reference(exercise) if text is None else text))
        if fresh:
            self.dbt("deps")

    def dbt(self, command: str, *arguments: str) -> Any:  # noqa: ANN401 - dbt's own result, which differs by command
        """Run a command in this process, where dbt is imported once.

        Raises:
            DbtRefusedError: dbt could not read the project. A model or test that failed is in the result.
        """
        folder = str(self.folder)
        with warnings.catch_warnings(), unlogged():
            warnings.simplefilter("ignore")  # dbt's own, none of them about what a learner wrote
            from dbt.cli.main import dbtRunner  # noqa: PLC0415 - seconds, which only this lab should wait for

            done = dbtRunner().invoke(
                [command, *_QUIETLY, *arguments, "--project-dir", folder, "--profiles-dir", folder]
            )
        if done.exception:
            raise DbtRefusedError(readable(str(done.exception)))
        return done.result

    def compiled(self, select: str) -> Any:  # noqa: ANN401 - a node of dbt's manifest
        """Return a model as dbt compiled it: `.compiled_code`, and what it depends on. Raises `DbtRefusedError`."""
        return self.dbt("compile", "--select", select, "--no-populate-cache").results[0].node

    def users_of(self, macro: str) -> list[str]:
        """Return the models that use a macro. Raises `DbtRefusedError`."""
        nodes = self.dbt("parse").nodes.values()
        wanted = f"macro.lakehouse_analytics.{macro}"
        return sorted(node.name for node in nodes if node.resource_type == "model" and wanted in node.depends_on.macros)

    def manifest(self) -> dict[str, Any]:
        """Have dbt read the project and write down what it found, and return that. Raises `DbtRefusedError`."""
        self.dbt("parse", "--write-json")
        content: dict[str, Any] = json.loads((self.folder / "target/manifest.json").read_text(encoding="utf-8"))
        return content

    def inline(self, statement: str) -> str:
        """Return a statement as dbt compiles it, macros and all. Raises `DbtRefusedError`."""
        return str(self.dbt("compile", "--inline", statement, "--no-populate-cache").results[0].node.compiled_code)

    def run(self, command: str, *models: str, full_refresh: bool = False) -> Sequence[Any]:
        """Run or test these models; returns dbt's results, one per node.

        Raises:
            DbtRefusedError: a model could not be built.
            ServerDownError: Trino did not answer.
        """
        arguments = ["--select", *models, *["--full-refresh"] * full_refresh]
        results: Sequence[Any] = self.dbt(command, *arguments).results
        for result in results:
            if result.status == "error":
                if "Connection" in (result.message or ""):
                    raise ServerDownError(
                        "Trino does not answer", try_next="`lab.platform.run('up', '--only', 'trino')`."
                    )
                raise DbtRefusedError(readable(result.message or ""))
        return results


def readable(message: str) -> str:
    """Return dbt's message in one line, without its headings and this machine's folders."""
    text = _HEADING.sub("", scrub(message))
    return " ".join(text.split())[:LONGEST]


@contextmanager
def unlogged() -> Iterator[None]:
    """Drop what libraries log below a warning: dbt turns them all up."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)
