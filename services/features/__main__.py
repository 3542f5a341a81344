"""`python -m services.features build|materialize|compare`."""

import time
from datetime import UTC, datetime
from typing import Annotated

import typer

from services.contracts import command
from services.features.bootstrap import bootstrap
from services.features.comparing import compare as compare_stores
from services.features.settings import FeaturesSettings

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)

At = Annotated[datetime | None, typer.Option(help="The time (UTC) to bring the online store to; by default now.")]


@app.command()
def build() -> None:
    """Compute all features from the marts and replace the feature tables."""
    started = time.monotonic()
    built = bootstrap(FeaturesSettings()).build()
    typer.echo(
        f"{built.customer_rows} rows of customers and {built.merchant_rows} of merchants in "
        f"{time.monotonic() - started:.1f} s, known up to {built.newest_fact:%Y-%m-%d %H:%M} UTC"
    )


@app.command()
def materialize(at: At = None) -> None:
    """Write everybody's newest features to the online store."""
    bootstrap(FeaturesSettings()).materialize(at.replace(tzinfo=UTC) if at else datetime.now(UTC))


@app.command()
def compare(questions: int = 1_000, times: int = 5, seed: int = 7) -> None:
    """Compare offline with online for random customers and merchants at random times. Exits 1 if anything differs."""
    found = compare_stores(bootstrap(FeaturesSettings()), questions, times, seed)
    typer.echo(
        f"{found.questions} customers and merchants at {found.times} times: {found.compared} values compared, "
        f"{found.present} of them present; differing: {found.differing or 'none'}"
    )
    raise typer.Exit(code=1 if found.differing else 0)


if __name__ == "__main__":
    command.run(app)
