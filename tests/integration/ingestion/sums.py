"""What was paid per day, currency and status, as bronze, Iceberg and the marts tell it, exactly."""

from collections import Counter
from datetime import UTC, date
from typing import Final

import psycopg

from services.contracts import iceberg
from services.ingestion.settings import IngestionSettings
from services.ingestion.tables import PAYMENT_EVENTS
from services.ingestion.trino import TrinoResource

Sums = dict[tuple[date, str, str], int]
"""In the currency's smallest unit."""

_BRONZE: Final = """
    SELECT (provider_created_at AT TIME ZONE 'UTC')::date, currency, status, sum(amount_cents)
    FROM payment_events GROUP BY 1, 2, 3
"""
_MARTS: Final = "SELECT payment_date, currency, status, sum(amount_cents) FROM fct_daily_payments GROUP BY 1, 2, 3"


def in_bronze(settings: IngestionSettings) -> Sums:
    """Summed up by PostgreSQL."""
    with psycopg.connect(settings.postgres.dsn) as connection:
        return {(day, *key): int(cents) for day, *key, cents in connection.execute(_BRONZE)}


def in_iceberg(settings: IngestionSettings) -> Sums:
    """Summed up here, over the table's rows as pyiceberg reads them: no Trino in between."""
    table = iceberg.load().load_table((settings.namespace, PAYMENT_EVENTS.name))
    fields = ("provider_created_at", "currency", "status", "amount_cents")
    sums: Counter[tuple[date, str, str]] = Counter()
    for piece in table.scan(selected_fields=fields).to_arrow_batch_reader():
        times, currencies, statuses, cents = (piece[name].to_pylist() for name in fields)
        for time, currency, status, amount in zip(times, currencies, statuses, cents, strict=True):
            sums[time.astimezone(UTC).date(), currency, status] += amount
    return dict(sums)


def in_marts(settings: IngestionSettings) -> Sums:
    """Those of `fct_daily_payments`, by Trino."""
    rows = TrinoResource(settings.trino, settings.namespace).query(_MARTS)
    return {(day, *key): int(cents) for day, *key, cents in rows}


def reconcile(settings: IngestionSettings) -> Sums:
    """Return the sums that all three have. Raises AssertionError if they differ."""
    bronze, lake, marts = in_bronze(settings), in_iceberg(settings), in_marts(settings)
    assert lake == bronze
    assert marts == bronze
    return bronze
