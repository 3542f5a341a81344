"""`lakehouse snapshot …`, registered by the command line."""

import json as jsonlib
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from stack.context import Context
from stack.errors import StackError
from stack.progress import Reporter
from stack.snapshots import keeping

app = typer.Typer(no_args_is_help=True, help="The state of all stores at one moment: save, restore, list.")
Name = Annotated[str, typer.Argument(help="Letters, digits, dots, dashes and underscores.")]


@app.command()
def save(
    name: Name,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite one of this name.")] = False,  # noqa: FBT002 - an option
) -> None:
    """Keep the state of MinIO, the catalog, PostgreSQL, Kafka and Temporal; what writes pauses meanwhile."""
    path = keeping.path_of(name)
    if path.exists() and not replace:
        raise StackError(f"There is a snapshot '{name}' already.", "Another name, or `--replace`.")
    keeping.save(path, Context.load(), Reporter())


@app.command()
def restore(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 - an option
) -> None:
    """Replace this clone's data by a snapshot's; what ran before runs again then. Your progress stays as it is."""
    path, context = keeping.path_of(name), Context.load()
    keeping.require(path, context)
    if not yes:
        typer.confirm(
            f"Replace all tables, topics, workflows and databases of this clone by those of '{name}'?", abort=True
        )
    keeping.restore(path, context, Reporter())


@app.command("list")
def list_(json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False) -> None:  # noqa: FBT002 - an option
    """Show this clone's snapshots, the newest first."""
    found = keeping.listing(Context.load())
    if json:
        typer.echo(jsonlib.dumps([asdict(kept) for kept in found], indent=2))
        return
    if not found:
        typer.echo("No snapshots yet: `lakehouse snapshot save NAME` makes one.")
        return
    table = Table("name", "saved (UTC)", "accepted events", "catalog", "MiB", "fits here", box=None)
    for kept in found:
        made = kept.made_at[:19].replace("T", " ")
        table.add_row(kept.name, made, str(kept.events), kept.catalog, f"{kept.size_mib}", kept.why_not or "yes")
    Console(soft_wrap=True).print(table)
