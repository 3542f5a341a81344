"""Saving, restoring and listing the snapshots of this clone."""

import contextlib
import json
import platform
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from services.contracts.settings import state_dir
from services.simulator.ledger import Ledger
from stack import lifecycle
from stack.context import Choices, Context
from stack.errors import StackError
from stack.paths import private_dir, write_private
from stack.progress import Reporter
from stack.servers.registry import server
from stack.snapshots import archive, stores, swap
from stack.snapshots.archive import SUFFIX, About
from stack.supervise import Supervisor

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")


@dataclass(frozen=True)
class Kept:
    """One snapshot of the list. `why_not` is why it cannot be restored here, empty if it can."""

    name: str
    made_at: str
    events: int
    catalog: str
    size_mib: float
    why_not: str = ""


def path_of(name: str) -> Path:
    """Return the file of the snapshot of this name. Raises StackError if that is no name."""
    if not _NAME.fullmatch(name):
        raise StackError(f"'{name}' is no name for a snapshot.", "Use letters, digits, dots, dashes and underscores.")
    return state_dir() / "snapshots" / f"{name}{SUFFIX}"


def listing(context: Context) -> list[Kept]:
    """Return this clone's snapshots, the newest first."""
    found = []
    for path in (state_dir() / "snapshots").glob(f"[!.]*{SUFFIX}"):
        about, why_not = None, ""
        try:
            about = archive.about(path)
            require_fits(path.name.removesuffix(SUFFIX), about, context)
        except StackError as error:
            why_not = error.problem
        made = (about.made_at, about.events, about.catalog) if about else ("", 0, "")
        found.append(Kept(path.name.removesuffix(SUFFIX), *made, round(path.stat().st_size / 2**20, 1), why_not))
    return sorted(found, key=lambda kept: kept.made_at, reverse=True)


def save(path: Path, context: Context, reporter: Reporter) -> None:
    """Write the state of all stores to a file. Stops what writes, and starts it again.

    Raises StackError: there is nothing to save yet.
    """
    if not context.choices.catalog:
        raise StackError("This clone has no tables yet: it has not chosen a catalog.", "`lakehouse up` starts one.")
    with _only_one():
        swap.finish()
        with _standing_still(context, reporter), reporter.step(f"saving to {path.name}"):
            archive.write(path, _about(context), state_dir(), stores.FOLDERS)


def restore(path: Path, context: Context, reporter: Reporter) -> Context:
    """Replace the state of all stores by a snapshot's; what ran before runs again then. Returns the context of then.

    Raises StackError: the snapshot is not to be had, or not for this platform. Nothing was changed.
    """
    about = require(path, context)
    with _only_one():
        swap.finish()
        with reporter.step(f"unpacking {path.name}"):
            incoming = swap.begin()
            archive.extract(path, incoming)
        (incoming / archive.ABOUT).unlink()
        if about.polaris_secret:
            secrets = replace(context.secrets, polaris_secret=about.polaris_secret)
            write_private(incoming / swap.SECRETS, json.dumps(asdict(secrets), indent=2))
        # A clone without data has no catalog chosen yet: it takes the snapshot's.
        replace(Choices.load(), catalog=about.catalog).save()
        with _standing_still(Context.load(), reporter):
            swap.commit()
            swap.finish()
    return Context.load()


def require(path: Path, context: Context) -> About:
    """Return what a snapshot is of. Raises StackError if there is none, or if it is not for this clone's platform."""
    name = path.name.removesuffix(SUFFIX)
    if not path.exists():
        raise StackError(f"There is no snapshot '{name}'.", "`lakehouse snapshot list` shows those that there are.")
    about = archive.about(path)
    require_fits(name, about, context)
    return about


def require_fits(name: str, about: About, context: Context) -> None:
    """Raise StackError if the stores of this clone could not read a snapshot's data, or its tables not be found."""
    here = context.choices.catalog
    again = "Restore it where it was made, or make a new one from `lakehouse reset` on."
    if about.machine != _machine():
        raise StackError(f"The snapshot '{name}' was made on {about.machine}; this is {_machine()}.", again)
    if here and here != about.catalog:
        problem = (
            f"The tables of the snapshot '{name}' are in the {about.catalog} catalog; this clone uses the {here} one."
        )
        raise StackError(problem, "`lakehouse reset` deletes this clone's data; then restore.")
    then = replace(context, choices=replace(context.choices, catalog=about.catalog))
    if not server("catalog", then).installed():
        raise StackError(
            f"The snapshot '{name}' needs the {about.catalog} catalog, which is not installed here.", again
        )
    now = stores.versions(then)
    other = [
        f"{one} {about.versions.get(one, '(none)')}, not {now[one]}"
        for one in now
        if about.versions.get(one) != now[one]
    ]
    if other:
        raise StackError(f"The snapshot '{name}' was made with {', '.join(other)}.", again)
    if about.catalog == "polaris" and about.port_offset != context.choices.port_offset:
        problem = f"Polaris has kept the object store's address, with the port offset {about.port_offset}, in '{name}'."
        raise StackError(problem, f"`lakehouse down`, then `lakehouse up --port-offset {about.port_offset}`.")


def _about(context: Context) -> About:
    polaris = context.choices.catalog == "polaris"
    return About(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=_machine(),
        catalog=context.choices.catalog,
        versions=dict(stores.versions(context)),
        port_offset=context.choices.port_offset,
        events=len(Ledger.default().accepted()),
        polaris_secret=context.secrets.polaris_secret if polaris else "",
    )


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}"


@contextlib.contextmanager
def _standing_still(context: Context, reporter: Reporter) -> Iterator[None]:
    """Stop what writes while the block runs, and start the same again, also if the block fails."""
    running = {name for name, (_, pid, _) in Supervisor().states().items() if pid}
    stopping = stores.to_stop(running, context)
    if stopping:
        lifecycle.down(reporter, stopping)
    try:
        yield
    finally:
        if stopping:
            lifecycle.up(stopping, Context.load(), reporter)


@contextlib.contextmanager
def _only_one() -> Iterator[None]:
    lock = FileLock(private_dir(state_dir()) / "snapshot.lock")
    try:
        with lock.acquire(timeout=0):
            yield
    except Timeout:
        raise StackError(
            "Another `lakehouse` is saving or restoring a snapshot of this clone.", "Wait for it."
        ) from None
