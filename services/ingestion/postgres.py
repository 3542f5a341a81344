"""The PostgreSQL side: the work list, read as Arrow by ADBC."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
import pyarrow as pa
from adbc_driver_postgresql import StatementOptions  # type: ignore[import-untyped]
from adbc_driver_postgresql import dbapi as adbc
from psycopg import sql

from services.contracts.settings import Postgres
from services.ingestion.columns import Column
from services.ingestion.errors import IngestionBusyError
from services.ingestion.loading import Witness
from services.ingestion.tables import BATCH_ID, BronzeTable

WORK_LIST_COLUMNS = ("id", "loaded_to_iceberg", "loaded_at")
"""They stay behind: the copy needs no work list. `load_batch_id` goes along."""

_LOCK_TIMEOUT = "SELECT set_config('lock_timeout', %s, false)"
_LOCK = "SELECT pg_advisory_lock(hashtextextended(%s, 0))"
_COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attname <> ALL (%s) ORDER BY attnum
"""
_KNOWS = "SELECT EXISTS (SELECT FROM {table} WHERE {key} = {value} AND load_batch_id = {batch_id})"
_HAS_LOADED = "SELECT EXISTS (SELECT FROM {table} WHERE loaded_to_iceberg)"
_OPEN = """
    SELECT DISTINCT load_batch_id FROM {table} WHERE NOT loaded_to_iceberg AND load_batch_id IS NOT NULL ORDER BY 1
"""
# The outer conditions are no repetition: of two that claim at once, the second waits for the first one's row locks, and
# PostgreSQL then evaluates them, not the subquery, again. And it is no `id IN (…)`: where the statistics are older than
# the rows, as they are after every large arrival, that is planned for one row, as a nested loop over all of them.
_CLAIM = """
    UPDATE {table} SET load_batch_id = {batch_id} WHERE NOT loaded_to_iceberg AND load_batch_id IS NULL AND id <= (
        SELECT max(id) FROM (
            SELECT id FROM {table} WHERE NOT loaded_to_iceberg AND load_batch_id IS NULL ORDER BY id LIMIT {max_rows}
        ) AS oldest
    )
"""
_READ = "SELECT {columns} FROM {table} WHERE NOT loaded_to_iceberg AND load_batch_id = {batch_id}"
_MARK = """
    UPDATE {table} SET loaded_to_iceberg = true, loaded_at = now()
    WHERE NOT loaded_to_iceberg AND load_batch_id = {batch_id}
"""
_WAITING = "SELECT count(*) FROM {table} WHERE NOT loaded_to_iceberg"


class PostgresResource:
    """The bronze database.

    A plain class, since the fields of a configurable resource show in Dagster's UI, and one would be the password.
    """

    def __init__(self, settings: Postgres, lock_timeout_s: float, piece_mib: int = 32) -> None:
        """Take where the database is, and how much is read at a time; nothing connects yet."""
        self._settings = settings
        self._lock_timeout_s = lock_timeout_s
        self._piece_bytes = piece_mib << 20

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

    def columns(self, table: BronzeTable) -> list[Column]:
        """Return the columns to copy, as the database has them now."""
        with psycopg.connect(self._settings.dsn) as connection:
            found = connection.execute(_COLUMNS, [table.name, list(WORK_LIST_COLUMNS)])
            return [Column(name, type_name) for name, type_name in found]

    def knows(self, table: BronzeTable, witness: Witness) -> bool:
        """Tell whether the witness is here, claimed by its batch."""
        (key,) = table.schema.identifier_field_names()
        question = _compose(_KNOWS, table, key=sql.Identifier(key), value=witness.key, batch_id=witness.batch_id)
        return bool(self._ask(question))

    def has_loaded_rows(self, table: BronzeTable) -> bool:
        """Tell whether any row is marked as loaded."""
        return bool(self._ask(_compose(_HAS_LOADED, table)))

    def waiting(self, table: BronzeTable) -> int:
        """Return how many rows are not loaded yet."""
        return int(str(self._ask(_compose(_WAITING, table))))

    def open_batches(self, table: BronzeTable) -> list[str]:
        """Return the ids of batches that were claimed and never marked."""
        with psycopg.connect(self._settings.dsn) as connection:
            return [str(row[0]) for row in connection.execute(_compose(_OPEN, table))]

    def claim(self, table: BronzeTable, batch_id: str, max_rows: int) -> int:
        """Write the id down with up to `max_rows` unloaded rows, oldest first, and return how many there were."""
        return self._update(_compose(_CLAIM, table, batch_id=batch_id, max_rows=max_rows))

    def get_unloaded_events(
        self, table: BronzeTable, batch_id: str, columns: Sequence[Column]
    ) -> Iterator[pa.RecordBatch]:
        """Stream an open batch in pieces of `piece_mib`; its id, the same in each row, is not read but added."""
        read = [column for column in columns if column.name != BATCH_ID]
        query = _compose(_READ, table, batch_id=batch_id, columns=_select_list(read))
        with adbc.connect(self._settings.dsn) as connection, connection.cursor() as cursor:
            cursor.adbc_statement.set_options(**{StatementOptions.BATCH_SIZE_HINT_BYTES.value: str(self._piece_bytes)})
            # The id is a literal, not a parameter, because ADBC streams by COPY only what takes no parameters.
            cursor.execute(query.as_string())
            for piece in cursor.fetch_record_batch():
                yield piece.append_column(BATCH_ID, pa.repeat(batch_id, piece.num_rows))

    def mark_as_loaded(self, table: BronzeTable, batch_id: str) -> int:
        """Set the flag on the batch's rows and return how many there were."""
        return self._update(_compose(_MARK, table, batch_id=batch_id))

    def _ask(self, question: sql.Composed) -> object:
        with psycopg.connect(self._settings.dsn) as connection:
            (row,) = connection.execute(question).fetchall()
            return row[0]

    def _update(self, statement: sql.Composed) -> int:
        with psycopg.connect(self._settings.dsn) as connection:
            return connection.execute(statement).rowcount


def _compose(statement: str, table: BronzeTable, **values: str | int | sql.Composable) -> sql.Composed:
    return sql.SQL(statement).format(table=sql.Identifier(table.name), **values)


def _select_list(columns: Sequence[Column]) -> sql.Composed:
    return sql.SQL(", ").join(
        sql.SQL("{0}::text AS {0}" if column.is_read_as_text else "{0}").format(sql.Identifier(column.name))
        for column in columns
    )
