"""Asking PostgreSQL: the bronze rows."""

import time
from collections.abc import Callable, Collection
from typing import Any

import psycopg
from psycopg.rows import dict_row

from labkit import health
from labkit.errors import CheckError, ServerDownError, StaleStateError
from services.contracts.settings import Postgres

CONNECT_TIMEOUT_S = 5
POLL_S = 0.1
LONG_S = 5
PIPELINE = ("gateway", "normalizer", "inference", "orchestrator")


def rows(query: str, *parameters: object) -> list[dict[str, Any]]:
    """Return the rows of a query. Raises `ServerDownError` if the database cannot be reached."""
    settings = Postgres()
    try:
        with psycopg.connect(settings.dsn, row_factory=dict_row, connect_timeout=CONNECT_TIMEOUT_S) as connection:
            return connection.execute(query.encode(), parameters).fetchall()
    except psycopg.OperationalError:
        raise ServerDownError(
            f"PostgreSQL does not answer at {settings.host}:{settings.port}",
            try_next="`lab.platform.run('pipeline', 'up')`, then run this cell again.",
        ) from None


def wait_for(event_ids: Collection[str], timeout_s: float = 60, say: Callable[[str], object] = print) -> float:
    """Wait until bronze has every event and return how many seconds that took; a long wait is announced once.

    Raises:
        StaleStateError: it still lacks some after `timeout_s`; they are named.
        ServerDownError: the database cannot be reached, or what is on the way to it is down.
    """
    started = time.monotonic()
    wanted = set(event_ids)
    told = False
    while missing := wanted - _present(wanted):
        waited = time.monotonic() - started
        if waited > LONG_S and not told:
            told = True
            say(f"bronze still lacks {len(missing)} of {len(wanted)}; waiting for at most {timeout_s:.0f} s")
        if waited > timeout_s:
            raise _late(missing, timeout_s)
        time.sleep(POLL_S)
    return time.monotonic() - started


def _late(missing: Collection[str], timeout_s: float) -> CheckError:
    lacks = f"after {timeout_s:.0f} s, bronze still lacks {', '.join(sorted(missing))}"
    if down := [server.name for server in health.down(PIPELINE)]:
        return ServerDownError(
            f"{lacks}: {', '.join(down)} {'is' if len(down) == 1 else 'are'} down, and the events wait",
            try_next="`lab.platform.run('pipeline', 'up')`, then run this cell again.",
        )
    return StaleStateError(lacks, try_next="did the gateway answer 200? `lab.trace(event_id)` shows how far one came.")


def _present(event_ids: Collection[str]) -> set[str]:
    found = rows("SELECT event_id FROM payment_events WHERE event_id = ANY(%s)", list(event_ids))
    return {row["event_id"] for row in found}
