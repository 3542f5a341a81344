"""The payment pipeline on the running servers: bronze's migrations, then the services."""

import subprocess
import sys

from services.contracts.settings import REPOSITORY
from stack import lifecycle
from stack.context import Context
from stack.errors import StackError
from stack.manifest import servers, services
from stack.progress import Reporter


def up(context: Context, reporter: Reporter, names: tuple[str, ...] | None = None) -> Context:
    """Start the servers (these, by default all) and the services. Does nothing for those that are ready."""
    context = lifecycle.up(names or servers(), context, reporter)
    migrate()
    return lifecycle.up(services(), context, reporter)


def migrate() -> None:
    """Bring the bronze database to its newest version."""
    command = [sys.executable, "-m", "services.contracts.bronze"]
    migrated = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if migrated.returncode:
        raise StackError(f"The bronze database could not be migrated:\n{migrated.stderr.strip()[-600:]}")


def down(reporter: Reporter) -> None:
    """Stop the services; the servers stay."""
    lifecycle.down(reporter, services())
