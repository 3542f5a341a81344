"""`python -m services.simulator live|history`: signed events through the gateway, or a long past into bronze."""

import asyncio
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import stamina
import typer
import uvloop
from rich.console import Console
from rich.progress import track

from services.contracts import command
from services.contracts.settings import Postgres
from services.simulator import panel
from services.simulator.behaviour.drift import drift_at
from services.simulator.chance import dice
from services.simulator.client import send
from services.simulator.delivery import Delivery, delivery
from services.simulator.disturbance import Rates, disturbed
from services.simulator.history import generation, loading
from services.simulator.simulation import simulate
from services.simulator.summary import Summary

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)

Seed = Annotated[int, typer.Option(help="Who there is, and how they behave.")]


def _day(text: str) -> str:
    """Return the day if there is such a day: for the message before the run, not in it."""
    drift_at(text, 0)
    return text


DriftDay = Annotated[
    str | None,
    typer.Option(
        parser=_day,
        metavar="N|DATE",
        help="When behaviour changes: the number of a day, or a date (2026-09-01); by default never.",
    ),
]
Share = Annotated[float, typer.Option(min=0, max=1, help="How often, from 0 to 1.")]


@app.command()
def live(  # noqa: PLR0913 - the command's options
    *,
    events: Annotated[int | None, typer.Option(min=1, help="How many; 500, or whatever --duration allows.")] = None,
    seed: Seed = 7,
    run_id: Annotated[str | None, typer.Option(help="Goes into all ids; by default a fresh one.")] = None,
    rate: Annotated[float | None, typer.Option(min=0.01, help="Events per second; by default at full speed.")] = None,
    duration: Annotated[float | None, typer.Option(min=0.1, help="Stop after so many seconds.")] = None,
    duplicates: Share = 0.0,
    out_of_order: Share = 0.0,
    corrupt: Share = 0.0,
    drift_day: DriftDay = None,
) -> None:
    """Send signed events of the last 30 days to the gateway and say what became of them.

    The exit code is 1 if any answer was not the expected one. Ctrl-C ends the run in good order: with its summary.
    """
    stamina.instrumentation.set_on_retry_hooks([])  # the summary counts them
    count = events or (_events_within(duration, rate) if duration else 500)
    simulated = map(delivery, simulate(events=count, seed=seed, run_id=run_id, drift_day=drift_day))
    rates = Rates(duplicates, out_of_order, corrupt)
    deliveries = disturbed(simulated, rates, dice("disturbance", seed))
    summary = uvloop.run(_live(deliveries, rate, duration))
    typer.echo(summary)
    raise typer.Exit(code=0 if summary.ok else 1)


def _events_within(duration_s: float, rate: float | None) -> int:
    """Return more events than can be sent in that time; they are made as they are sent."""
    return int(duration_s * (rate or 10_000)) + 1


async def _live(deliveries: Iterable[Delivery], rate: float | None, duration_s: float | None) -> Summary:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def interrupt() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)  # the second Ctrl-C does not wait for anything

    loop.add_signal_handler(signal.SIGINT, interrupt)
    if duration_s:
        loop.call_later(duration_s, stop.set)
    with panel.watching(Console()) as watch:
        return await send(deliveries, rate=rate, stop=stop, watch=watch)


@app.command()
def history(
    events: Annotated[int, typer.Option(min=1, help="How many rows.")] = 1_000_000,
    seed: Seed = 7,
    end: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day (UTC) before which it ends.")] = (
        generation.DEFAULT_END
    ),
    drift_day: DriftDay = None,
    output: Annotated[
        Path | None, typer.Option(help="Write the rows to this file instead, as COPY reads them.")
    ] = None,
) -> None:
    """Load a history of 180 days into bronze, past gateway and Kafka; the same history again changes nothing."""
    past = generation.History(events, seed, end.replace(tzinfo=UTC), drift_day)
    started = time.monotonic()
    chunks = _shown(past)
    if output:
        with output.open("wb") as file:
            file.writelines(chunks)
        done = f"written to {output}"
    else:
        loaded = loading.load(Postgres(), chunks, past.first_event_id())
        if not loaded:
            typer.echo(f"This history of {events} events (seed {seed}) is in bronze already: nothing was changed.")
            return
        done = "loaded into bronze"
    seconds = time.monotonic() - started
    typer.echo(f"{events} events {done} in {seconds:.1f} s ({events / seconds:.0f}/s)")


def _shown(past: generation.History) -> Iterator[bytes]:
    """Yield the history's chunks, with a bar on a terminal."""
    total = -(-past.events // generation.ROWS_PER_CHUNK)
    console = Console(stderr=True)
    yield from track(past.chunks(), "history", total, console=console, transient=True, disable=not sys.stderr.isatty())


if __name__ == "__main__":
    command.run(app)
