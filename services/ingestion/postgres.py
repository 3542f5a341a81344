"""The PostgreSQL side: the work list, read as Arrow by ADBC."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pyarrow as pa
from adbc_driver_postgresql import dbapi as adbc  # type: ignore[import-untyped]
from psycopg import sql
from sqlalchemy import Numeric
from sqlalchemy.dialects.postgresql import JSONB

from services.contracts.settings import Postgres
from services.ingestion.errors import IngestionBusyError
from services.ingestion.tables import BronzeTable

_LOCK_TIMEOUT = "SELECT set_config('lock_timeout', %s, false)"
_LOCK = "SELECT pg_advisory_lock(hashtextextended(%s, 0))"
_OPEN = """
    SELECT DISTINCT load_batch_id FROM {table} WHERE NOT loaded_to_iceberg AND load_batch_id IS NOT NULL ORDER BY 1
"""
_CLAIM = """
    UPDATE {table} SET load_batch_id = {batch_id} WHERE id IN (
        SELECT id FROM {table} WHERE NOT loaded_to_iceberg AND load_batch_id IS NULL ORDER BY id LIMIT {max_rows}
    )
"""
_READ = "SELECT {columns} FROM {table} WHERE NOT loaded_to_iceberg AND load_batch_id = {batch_id}"
_MARK = """
    UPDATE {table} SET loaded_to_iceberg = true, loaded_at = now()
    WHERE NOT loaded_to_iceberg AND load_batch_id = {batch_id}
"""


class PostgresResource:
    """The bronze database.

    A plain class, since the fields of a configurable resource show in Dagster's UI, and one would be the password.
    """

    def __init__(self, settings: Postgres, lock_timeout_s: float) -> None:
        """Take where the database is; nothing connects yet."""
        self._settings = settings
        self._lock_timeout_s = lock_timeout_s

    @contextmanager
    def lock(self, table: BronzeTable) -> Iterator[None]:
        """Hold the table's advisory lock; it goes with the connection, so a killed run leaves none behind."""
        with psycopg.connect(self._settings.dsn, autocommit=True) as connection:
            connection.execute(_LOCK_TIMEOUT, [f"{int(self._lock_timeout_s * 1000)}ms"])
            try:
                connection.execute(_LOCK, [f"ingestion.{table.name}"])
            except psycopg.errors.LockNotAvailable as error:
                raise IngestionBusyError(
                    f"{table.name}: another run has been loading for {self._lock_timeout_s:g} s; wait for it or end it"
                ) from error
            yield

    def open_batches(self, table: BronzeTable) -> list[str]:
        """Return the ids of batches that were claimed and never marked."""
        with psycopg.connect(self._settings.dsn) as connection:
            return [str(row[0]) for row in connection.execute(_compose(_OPEN, table))]

    def claim(self, table: BronzeTable, batch_id: str, max_rows: int) -> int:
        """Write the id down with up to `max_rows` unloaded rows, oldest first, and return how many there were."""
        return self._update(_compose(_CLAIM, table, batch_id=batch_id, max_rows=max_rows))

    def get_unloaded_events(self, table: BronzeTable, batch_id: str) -> pa.Table:
        """Return an open batch in the Iceberg table's Arrow schema."""
        query = _compose(_READ, table, batch_id=batch_id, columns=_columns(table))
        # The id is a literal, not a parameter, because ADBC streams by COPY only what takes no parameters.
        with adbc.connect(self._settings.dsn) as connection, connection.cursor() as cursor:
            cursor.execute(query.as_string())
            rows: pa.Table = cursor.fetch_arrow_table()
        return rows.cast(table.schema.as_arrow())

    def mark_as_loaded(self, table: BronzeTable, batch_id: str) -> int:
        """Set the flag on the batch's rows and return how many there were."""
        return self._update(_compose(_MARK, table, batch_id=batch_id))

    def _update(self, statement: sql.Composed) -> int:
        with psycopg.connect(self._settings.dsn) as connection:
            return connection.execute(statement).rowcount


def _compose(statement: str, table: BronzeTable, **values: str | int | sql.Composable) -> sql.Composed:
    return sql.SQL(statement).format(table=sql.Identifier(table.name), **values)


def _columns(table: BronzeTable) -> sql.Composed:
    """Return the columns to select; NUMERIC and JSONB as text, for which ADBC has no Arrow type of its own."""
    return sql.SQL(", ").join(
        sql.SQL("{0}::text AS {0}" if isinstance(table.bronze.c[name].type, Numeric | JSONB) else "{0}").format(
            sql.Identifier(name)
        )
        for name in table.schema.column_names
    )
