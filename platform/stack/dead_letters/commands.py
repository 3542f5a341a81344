"""`lakehouse dlq list`, `show` and `replay`."""

import json as jsonlib
from typing import Annotated

import typer
from rich.console import Console

from stack.errors import StackError

app = typer.Typer(no_args_is_help=True, help="Dead letters: what could not be taken or normalised, and why.")

MAX_WIDTH = 1000

Limit = Annotated[int, typer.Option(min=1, help="How many at most.")]


@app.command("list")
def list_(
    limit: Limit = 20,
    json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,  # noqa: FBT002 - an option
) -> None:
    """List dead letters, the newest of each topic first. One that failed again is one line."""
    # Kafka's client takes a while to import: only these commands wait for it.
    from stack.dead_letters import operations, output  # noqa: PLC0415

    letters = operations.newest(limit)
    if json:
        typer.echo(jsonlib.dumps([output.as_json(letter) for letter in letters], indent=2))
    elif letters:
        # As wide as it is, whatever the terminal: an id that is folded or cut cannot be copied.
        table = output.table(letters)
        Console(width=Console(width=MAX_WIDTH).measure(table).maximum).print(table)
    else:
        typer.echo("No dead letters.")


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="topic:partition:offset, as `list` shows it.")],
) -> None:
    """Show one dead letter: its headers and its payload."""
    from stack.dead_letters import operations, output  # noqa: PLC0415 - as above

    typer.echo(output.in_full(*operations.show(name)))


@app.command()
def replay(
    names: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="As `list` shows them.")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All that can be.")] = False,
    error_class: Annotated[str | None, typer.Option(help="All that failed with this class the last time.")] = None,
    limit: Limit = 100,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
) -> None:
    """Write dead letters back to the topics they came from, oldest first. Doing so twice changes nothing."""
    from stack.dead_letters import operations, output  # noqa: PLC0415 - as above

    if bool(names) == (everything or error_class is not None):
        raise StackError("Say which: either ids, or --all, or --error-class.", "`lakehouse dlq list` shows ids.")
    plan = operations.plan_named(names) if names else operations.plan_all(limit, error_class)
    for letter, reason in plan.refused:
        typer.echo(f"cannot be replayed: {output.name(letter)}: {output.printable(reason)}", err=True)
    if dry_run:
        for letter in plan.replayable:
            typer.echo(f"would replay {output.name(letter)}")
    else:
        operations.replay(plan, lambda letter: typer.echo(f"replayed {output.name(letter)}"))
    typer.echo(f"{'Would replay' if dry_run else 'Replayed'} {len(plan.replayable)}.", err=True)
    if plan.others_refused:
        typer.echo(f"{plan.others_refused} cannot be replayed; `lakehouse dlq replay ID` says why.", err=True)
    if plan.more:
        typer.echo(f"There are more; --limit raises the cap of {limit}.", err=True)
    if names and plan.refused:
        raise typer.Exit(1)
