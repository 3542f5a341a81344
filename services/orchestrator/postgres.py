"""Bronze in PostgreSQL, through a pool of connections."""

from functools import cache
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.errors import DataError, IntegrityError, InterfaceError, OperationalError, ProgramLimitExceeded
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from services.contracts.settings import Postgres
from services.orchestrator.errors import BronzeAwayError, RowRefusedError
from services.orchestrator.rows import Row

CONNECTION_WAIT_S: Final = 5.0

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]


def connection_pool(postgres: Postgres, size: int) -> Pool:
    """Return a pool, not yet open. Each statement commits itself: there is one statement per event."""
    return AsyncConnectionPool(
        postgres.dsn,
        min_size=1,
        max_size=size,
        timeout=CONNECTION_WAIT_S,
        kwargs={"autocommit": True},
        open=False,
    )


class PostgresBronze:
    """Inserts rows; one that is there already stays as it is.

    Raises `RowRefusedError` for a value that does not fit its column, `BronzeAwayError` when the database is away.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def store(self, row: Row) -> None:
        """Insert into payment_events."""
        await self._insert("payment_events", "event_id", row)

    async def quarantine(self, row: Row) -> None:
        """Insert into payment_events_quarantine."""
        await self._insert("payment_events_quarantine", "quarantine_id", row)

    async def _insert(self, table: str, key: str, row: Row) -> None:
        values = [Jsonb(value) if isinstance(value, dict | list) else value for value in row.values()]
        try:
            async with self._pool.connection() as connection:
                await connection.execute(_insert_statement(table, key, tuple(row)), values)
        except (DataError, IntegrityError, ProgramLimitExceeded, UnicodeEncodeError) as error:
            raise RowRefusedError(_reason(table, error)) from error
        except (OperationalError, InterfaceError) as error:
            raise BronzeAwayError(_reason(table, error)) from error


@cache
def _insert_statement(table: str, key: str, columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL("INSERT INTO {table} ({columns}) VALUES ({values}) ON CONFLICT ({key}) DO NOTHING").format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        values=sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
        key=sql.Identifier(key),
    )


def _reason(table: str, error: psycopg.Error | UnicodeEncodeError) -> str:
    """Return class and column: the server's own message may quote the value."""
    column = error.diag.column_name if isinstance(error, psycopg.Error) else None
    return f"{table}{f'.{column}' if column else ''}: {type(error).__name__}"
