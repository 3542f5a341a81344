"""Rows for the bronze tables, and a cursor to put them there."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from services.contracts.settings import Postgres

EVENT: dict[str, Any] = {
    "event_id": "stripe:evt_1",
    "provider": "stripe",
    "provider_event_id": "evt_1",
    "event_type": "charge.succeeded",
    "merchant_id": "acct_1",
    "amount_cents": 1_500,
    "currency": "USD",
    "amount": "15.00",
    "status": "succeeded",
    "attempt_number": 1,
    "provider_created_at": "2026-11-23T10:00:00Z",
    "normalized_at": "2026-11-23T10:00:00Z",
    "schema_version": 1,
    "validation_status": "valid",
    "processed_at": "2026-11-23T10:00:00Z",
}
QUARANTINED: dict[str, Any] = {"quarantine_id": "t:0:1", "payload": "{}", "reason": "a reason", "stage": "normalize"}

Connection = psycopg.Connection[DictRow]


@pytest.fixture
def bronze(scratch_database: Postgres) -> Iterator[Connection]:
    """A connection to the test's own, migrated database; each statement commits itself."""
    with psycopg.connect(scratch_database.dsn, autocommit=True, row_factory=dict_row) as connection:
        yield connection
