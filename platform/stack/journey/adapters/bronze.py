"""PostgreSQL bronze: the two tables that the orchestrator writes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import LiteralString

import psycopg
from psycopg.rows import DictRow, dict_row

from services.contracts.settings import Postgres
from stack.journey.census import Ids, Payments, Quarantine
from stack.journey.errors import StageUnavailableError
from stack.journey.sightings import Sighting, Stage

EVENT: LiteralString = """
    SELECT id, source, validation_status, processed_at, ingested_at, loaded_to_iceberg, loaded_at, load_batch_id
    FROM payment_events WHERE event_id = %s"""
QUARANTINED: LiteralString = """
    SELECT quarantine_id, stage, reason, review_status, ingested_at, loaded_to_iceberg, loaded_at, load_batch_id
    FROM payment_events_quarantine WHERE event_id = %s ORDER BY id"""
IDS: LiteralString = "SELECT event_id, source = 'history' FROM payment_events"
SUMS: LiteralString = "SELECT currency, sum(amount_cents)::text FROM payment_events GROUP BY currency"
QUARANTINE_IDS: LiteralString = "SELECT quarantine_id, event_id FROM payment_events_quarantine"


class BronzeStage:
    """The bronze database as a stage."""

    stages = (Stage.BRONZE, Stage.QUARANTINE)

    def __init__(self, settings: Postgres) -> None:
        self._settings = settings

    def look(self, event_id: str) -> Mapping[str, Sequence[Sighting]]:
        """Return the event's row, and its rows in quarantine. Tables that no migration has made yet hold nothing."""
        try:
            with self._connection() as connection:
                cursor = connection.cursor(row_factory=dict_row)
                stored = cursor.execute(EVENT, [event_id]).fetchall()
                refused = cursor.execute(QUARANTINED, [event_id]).fetchall()
        except psycopg.errors.UndefinedTable:
            return {}
        return {
            Stage.BRONZE: [_sighting(f"payment_events row {row.pop('id')}", row) for row in stored],
            Stage.QUARANTINE: [_sighting(f"quarantine {row.pop('quarantine_id')}", row) for row in refused],
        }

    def payments(self) -> Payments:
        """Return the ids, those of the bulk history apart, and the sums of `payment_events`, as of one moment."""
        try:
            with self._connection() as connection:
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                rows = connection.execute(IDS).fetchall()
                sums = connection.execute(SUMS).fetchall()
        except psycopg.errors.UndefinedTable:
            return Payments(Ids.of(()), {})
        history = frozenset(event_id for event_id, is_history in rows if is_history)
        return Payments(Ids.of(event_id for event_id, _ in rows), {name: int(total) for name, total in sums}, history)

    def quarantine(self) -> Quarantine:
        """Return who is in quarantine."""
        try:
            with self._connection() as connection:
                return Quarantine.of(connection.execute(QUARANTINE_IDS).fetchall())
        except psycopg.errors.UndefinedTable:
            return Quarantine.of(())

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection]:
        try:
            with psycopg.connect(self._settings.dsn, connect_timeout=5) as connection:
                yield connection
        except psycopg.OperationalError as error:
            address = f"{self._settings.host}:{self._settings.port}"
            raise StageUnavailableError(f"PostgreSQL at {address}: {error}") from error


def _sighting(where: str, row: DictRow) -> Sighting:
    return Sighting(where, row["ingested_at"], row)
