"""Bronze of this lab: the two tables of `services/contracts/bronze`, in a database of the lab's own."""

from functools import cache
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from labkit.servers import own_orchestrator
from services.contracts.events import UnifiedEvent
from services.contracts.settings import Postgres
from services.orchestrator.fallback import SCORE
from services.orchestrator.messages import Assessed, Payment, Source
from services.orchestrator.rows import event_row

NAME: Final = "lab-bronze"
Connection = psycopg.Connection[Any]
Row = dict[str, Any]
_SOURCE: Final = Source("lab-bronze.by-hand", 0, 0)


@cache
def settings() -> Postgres:
    """Return the settings of the lab's database, which is made and migrated once. Raises `ServerDownError`."""
    return own_orchestrator.database(NAME.replace("-", "_"))


def connect() -> Connection:
    """Return a connection to the lab's database; rows are dictionaries. Raises `ServerDownError`."""
    try:
        return psycopg.connect(settings().dsn, row_factory=dict_row)
    except psycopg.OperationalError:  # away, or reset since
        settings.cache_clear()
        return psycopg.connect(settings().dsn, row_factory=dict_row)


def row_of(event: UnifiedEvent) -> Row:
    """Return the row of payment_events that an event makes."""
    made = event_row(Assessed(Payment(event, _SOURCE), SCORE, SCORE, None, event.normalized_at))
    return {name: Jsonb(value) if isinstance(value, dict) else value for name, value in made.items()}


def _insert(table: str, columns: list[str]) -> str:
    values = ", ".join(f"%({column})s" for column in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608 - our own names


INSERT_EVENT: Final = _insert("payment_events", list(row_of(own_orchestrator.an_event())))
_QUARANTINED: Final = ["quarantine_id", "event_id", "payload", "reason", "stage"]
INSERT_QUARANTINE: Final = (
    f"{_insert('payment_events_quarantine', _QUARANTINED)} ON CONFLICT (quarantine_id) DO NOTHING"
)


def quarantine(connection: Connection, row: Row, reason: str) -> None:
    """Write an event that bronze refused to the quarantine, under its own id."""
    values = [row["event_id"], row["event_id"], "(this lab keeps no payload)", reason, "lab 05"]
    connection.execute(INSERT_QUARANTINE, dict(zip(_QUARANTINED, values, strict=True)))


def read(connection: Connection, table: str, event_id: str) -> list[Row]:
    """Return the rows of an event in one of the two tables."""
    query = sql.SQL("SELECT * FROM {} WHERE event_id = %s ORDER BY id").format(sql.Identifier(table))
    return list(connection.execute(query, [event_id]).fetchall())
