"""`python -m services.simulator --events 500 --seed 7`: send simulated events; exit code 1 if any was refused."""

import asyncio
from typing import Annotated

import stamina
import typer

from services.simulator.client import send
from services.simulator.simulation import simulate


def main(
    events: Annotated[int, typer.Option(min=1, help="How many events to send.")] = 500,
    seed: Annotated[int, typer.Option(help="Who there is, and how they behave.")] = 7,
    run_id: Annotated[str | None, typer.Option(help="Goes into all ids; by default a fresh one.")] = None,
) -> None:
    """Send simulated, signed events to the gateway and say what became of them."""
    stamina.instrumentation.set_on_retry_hooks([])  # the summary counts them
    summary = asyncio.run(send(simulate(events=events, seed=seed, run_id=run_id)))
    typer.echo(summary)
    raise typer.Exit(code=0 if summary.ok else 1)


if __name__ == "__main__":
    typer.run(main)
