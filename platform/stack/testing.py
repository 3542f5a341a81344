"""`make test`: every check of this repository, on a platform of its own beside the learner's."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from services.contracts.settings import REPOSITORY
from stack import lifecycle, pipeline, ports
from stack.context import Choices, Context
from stack.errors import StackError
from stack.progress import Reporter

STATE = REPOSITORY / ".lakehouse" / "test"
LIVE_SERVERS = ("postgres", "kafka", "temporal")
OFFSETS = range(20000, 40000, 500)
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
CHECKS: tuple[tuple[str, ...], ...] = (
    ("-m", "ruff", "format", "--check", "--quiet", "."),
    ("-m", "ruff", "check", "--quiet", "."),
    ("-m", "mypy"),
    ("-m", "sqlfluff", "lint", "--disable-progress-bar", "dbt/models"),
    ("-m", "labkit.build", "--check"),
    (*PYTEST, "tests"),
    (*PYTEST, "--nbval", "--nbval-sanitize-with", "tests/labs/nbval.cfg", "solutions"),
)


def use_test_state() -> None:
    """Point this process and its children at the tests' own platform, unless a state was chosen."""
    os.environ.setdefault("LAKEHOUSE_STATE", str(STATE))


def own_context() -> Context:
    """Return the tests' context, on ports that were free when it was first asked for."""
    choices = Choices.load()
    if choices.port_offset == 0 and Path(os.environ["LAKEHOUSE_STATE"]) == STATE:
        Choices(port_offset=ports.free_offset(OFFSETS)).save()
    return Context.load()


def bring_up(reporter: Reporter, names: tuple[str, ...] | None = None) -> Context:
    """Bring the tests' servers (these, by default all) and the pipeline's services up, and return their context."""
    state = Path(os.environ["LAKEHOUSE_STATE"])
    state.mkdir(parents=True, exist_ok=True)
    with FileLock(state / "up.lock"):
        return pipeline.up(own_context(), reporter, names)


@contextlib.contextmanager
def _fresh_platform(reporter: Reporter) -> Iterator[None]:
    use_test_state()
    lifecycle.reset(own_context(), reporter)
    try:
        bring_up(reporter)
        yield
    finally:
        lifecycle.down(reporter)


def run(reporter: Reporter) -> None:
    """Run every check, all of them even if one fails. Raises StackError that names those that failed."""
    failed = []
    with _fresh_platform(reporter):
        for check in CHECKS:
            started = time.monotonic()
            name = " ".join(check[1:])
            reporter.say(f"── {name}")
            code = subprocess.run([sys.executable, *check], cwd=REPOSITORY, check=False).returncode
            reporter.say(f"{'✗' if code else '✓'} {name} ({time.monotonic() - started:.0f} s)\n")
            if code:
                failed.append(name)
    if failed:
        raise StackError(f"Failed: {', '.join(failed)}.")
