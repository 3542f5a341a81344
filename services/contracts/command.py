"""How a service's command ends: an expected failure is a message and exit code 1, not a trace."""

import sys

import typer

from services.contracts.errors import LakehouseError


def run(app: typer.Typer) -> None:
    """Run the command; tell a `LakehouseError` in one line."""
    try:
        app()
    except LakehouseError as error:
        typer.echo(f"✗ {error}", err=True)
        sys.exit(1)
