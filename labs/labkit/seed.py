"""The snapshot that labs begin with: some hundred events on their whole way, made once, restored ever after."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from labkit.platform import Platform
from services.contracts.settings import REPOSITORY
from stack import lifecycle, pipeline
from stack.context import Context
from stack.errors import StackError
from stack.paths import cache_dir
from stack.progress import Reporter
from stack.snapshots import keeping
from stack.snapshots.archive import SUFFIX

EVENTS: Final = 300
SEED: Final = 7
# What the data depends on: a snapshot of other code may hold other tables.
_SERVICES: Final = ("contracts", "gateway", "normalizer", "orchestrator", "inference", "ingestion", "simulator")
_MADE_BY: Final = (
    *(f"services/{name}/**/*.py" for name in _SERVICES),
    *("dbt/**/*.sql", "dbt/**/*.yml", "dbt/**/*.csv", "platform/servers.toml"),
)
_NOT_SOURCES: Final = {"target", "logs", "dbt_packages"}


def path_of(context: Context) -> Path:
    """Return where the snapshot for this clone's catalog and code is, or will be, in the per-user cache."""
    parts = ["payments", context.choices.catalog, _digest()]
    if context.choices.catalog == "polaris":  # which keeps the object store's address
        parts.append(str(context.choices.port_offset))
    return cache_dir() / "snapshots" / f"{'-'.join(parts)}{SUFFIX}"


def make(path: Path, context: Context, reporter: Reporter) -> None:
    """Run the reference pipeline from nothing on this clone's platform, and save what it made.

    Raises:
        StackError: the events did not arrive.
        ServerDownError: the batch failed; with its last lines.
    """
    reporter.say(f"Once per user: {EVENTS} events go through the whole pipeline, and are kept as a snapshot.")
    lifecycle.reset(context, reporter)
    context = pipeline.up(lifecycle.keep(Context.load()), reporter)
    platform = Platform(say=lambda line: reporter.say(f"  {line}"))
    with reporter.step(f"sending {EVENTS} events"):
        send = [sys.executable, "-m", "services.simulator", "live", "--events", str(EVENTS), "--seed", str(SEED)]
        sent = subprocess.run(send, cwd=REPOSITORY, check=False, stdout=subprocess.DEVNULL).returncode
        if sent or not platform.ask("reconcile", "--live", "--wait", "120")["equal"]:
            raise StackError("The events did not all arrive.", "`lakehouse status` says what is down; then try again.")
    with reporter.step("loading them and building the marts"):
        platform.batch()
    keeping.save(path, context, reporter)


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        digest.update(f"{path.relative_to(REPOSITORY)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:12]


def _sources() -> Iterator[Path]:
    for pattern in _MADE_BY:
        for path in REPOSITORY.glob(pattern):
            if not _NOT_SOURCES & set(path.relative_to(REPOSITORY).parts):
                yield path
