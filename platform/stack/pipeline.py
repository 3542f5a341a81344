"""The payment pipeline on the running servers."""

from stack import lifecycle
from stack.context import Context
from stack.manifest import servers, services
from stack.progress import Reporter


def up(context: Context, reporter: Reporter, names: tuple[str, ...] | None = None) -> Context:
    """Start the servers (these, by default all) and the services. Does nothing for those that are ready."""
    return lifecycle.up((*(names or servers()), *services()), context, reporter)


def down(reporter: Reporter) -> None:
    """Stop the services; the servers stay."""
    lifecycle.down(reporter, services())
