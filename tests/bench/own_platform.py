"""A platform for the measurements only: fresh, on ports of its own, beside the learner's and the tests'."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from services.contracts.environment import environment
from services.contracts.settings import state_dir
from stack import lifecycle, ports
from stack.context import Context
from stack.progress import Reporter

SERVERS = ("postgres", "kafka", "temporal")
OFFSETS = range(20000, 40000, 500)


@contextmanager
def fresh(reporter: Reporter) -> Iterator[None]:
    """Run the servers, without the services, while the block runs; everything of it is deleted in the end."""
    silent = Reporter(Console(quiet=True))
    with environment({"LAKEHOUSE_STATE": str(state_dir() / "bench")}):
        lifecycle.reset(Context.load(), silent)  # one that was interrupted may have left something running
        context = lifecycle.keep(Context.load(ports.free_offset(OFFSETS)))
        try:
            lifecycle.up(SERVERS, context, reporter)
            yield
        finally:
            lifecycle.reset(context, silent)
