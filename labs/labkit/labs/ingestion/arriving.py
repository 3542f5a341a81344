"""Payments that arrive in bronze when a cell says so.

This module travels as code to a process that is killed, so it imports nothing of labkit.
"""

from datetime import UTC, datetime
from typing import Any, Final

import psycopg

OPENING: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_LAST: Final = "SELECT last_value - (NOT is_called)::int FROM payment_events_id_seq"
_ARRIVE: Final = """
    INSERT INTO payment_events (event_id, provider, provider_event_id, event_type, payment_intent_id, merchant_id,
        customer_id, amount_cents, currency, amount, status, attempt_number, provider_created_at, normalized_at,
        schema_version, validation_status, processed_at, ingested_at)
    SELECT 'stripe:evt_lab06_' || n, 'stripe', 'evt_lab06_' || n, 'payment_intent.succeeded', 'pi_lab06_' || n,
        'acct_cafe', 'cus_' || n %% 3, 100 * n, 'USD', n, 'succeeded', 1,
        %(at)s - interval '1 day', %(at)s, 1, 'valid', %(at)s, %(at)s
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    RETURNING event_id
"""


def arrive(connection: psycopg.Connection[Any], rows: int, at: datetime = OPENING) -> list[str]:
    """Have payments of 1, 2, 3 … dollars arrive, stored `at` this time, made the day before; return their ids."""
    with connection.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        [(last,)] = cursor.execute(_LAST).fetchall()
        return [event for (event,) in cursor.execute(_ARRIVE, {"first": last + 1, "last": last + rows, "at": at})]


def arrive_at(dsn: str, rows: int) -> None:
    """Have payments arrive in a transaction of their own."""
    with psycopg.connect(dsn) as connection:
        arrive(connection, rows)
