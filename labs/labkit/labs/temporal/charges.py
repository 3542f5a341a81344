"""The bank's book, in a database of the lab's own: one row per order that was charged."""

from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from labkit.servers import own_database
from services.contracts.settings import Postgres

DATABASE: Final = "lab_temporal"
TABLE: Final = """
    CREATE TABLE IF NOT EXISTS charges (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        event_id text NOT NULL UNIQUE,
        amount_cents bigint NOT NULL,
        charged_at timestamptz NOT NULL DEFAULT now()
    )
"""
Connection = psycopg.Connection[Any]


def ensure() -> Postgres:
    """Return the settings of the book's database, table included. Raises `ServerDownError`."""
    settings = own_database.ensure(DATABASE)
    with psycopg.connect(settings.dsn) as connection:
        connection.execute(TABLE)
    return settings


def since(settings: Postgres, row_id: int) -> list[dict[str, Any]]:
    """Return the rows that were written after the one with this id."""
    with psycopg.connect(settings.dsn, row_factory=dict_row) as connection:
        query = "SELECT id, event_id, amount_cents FROM charges WHERE id > %s ORDER BY id"
        return connection.execute(query, [row_id]).fetchall()


def last_id(settings: Postgres) -> int:
    """Return the id of the newest row, 0 if there is none."""
    with psycopg.connect(settings.dsn) as connection:
        [newest] = connection.execute("SELECT coalesce(max(id), 0) FROM charges").fetchone() or (0,)
        return int(newest)
