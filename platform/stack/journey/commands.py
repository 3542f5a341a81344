"""`lakehouse trace` and `lakehouse reconcile`: plain functions, registered by the command line."""

import json as jsonlib
import time
from typing import Final

import typer
from rich.console import Console
from rich.live import Live

from services.contracts.settings import Catalog
from stack.context import Context
from stack.journey import as_json, as_text, links
from stack.journey.whereabouts import now

FOLLOW_EVERY_S: Final = 1.0


def trace(event_id: str, *, json: bool = False, follow: bool = False) -> None:
    """Show where one event (evt_… or stripe:evt_…) is in every system: exit code 1 if none has it.

    FOLLOW goes on until nothing more happens by itself.
    """
    # The clients of six servers take a second to import: only this command waits for them.
    from stack.journey import bootstrap  # noqa: PLC0415

    context = Context.load()
    found = bootstrap.trace(event_id)
    if follow:
        with Live(as_text.journey(found, links.of(found, context)), auto_refresh=False) as shown:
            while now(found).moving:
                time.sleep(FOLLOW_EVERY_S)
                found = bootstrap.trace(event_id)
                shown.update(as_text.journey(found, links.of(found, context)), refresh=True)
    elif json:
        typer.echo(jsonlib.dumps(as_json.journey(found, links.of(found, context)), indent=2))
    else:
        Console().print(as_text.journey(found, links.of(found, context)))
    if not found.seen:
        typer.echo(as_text.unknown(found), err=True)
        raise typer.Exit(1)


def reconcile(*, json: bool = False, wait: float = 0, live: bool = False) -> None:
    """Compare all stages: exit code 0 if nothing is lost or doubled, 1 if it is, 2 if a stage could not be asked.

    WAIT is how many seconds to wait at most until every accepted event has reached bronze or quarantine. LIVE leaves
    out what only the next batch fills.
    """
    from stack.journey import bootstrap  # noqa: PLC0415 - as above

    result = bootstrap.reconcile(wait, live=live)
    if json:
        typer.echo(jsonlib.dumps(as_json.reconciliation(result, Catalog().kind), indent=2))
    else:
        Console().print(*as_text.reconciliation(result, Catalog().kind), sep="\n")
    raise typer.Exit(result.exit_code)
