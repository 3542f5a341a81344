"""With many rows in the tables, those who read a few of them read by an index.

The ingestion runs its own statements, and PostgreSQL's statistics say how it found the rows: no table may have been
read from end to end. Connections report what they did when they end.
"""

from typing import LiteralString

import pytest

from services.contracts.settings import Postgres
from services.ingestion import tables
from services.ingestion.postgres import PostgresResource
from services.ingestion.tables import BronzeTable
from tests.integration.bronze.conftest import Connection

pytestmark = pytest.mark.integration

LOADED, UNLOADED = 20_000, 5_000
FILL_EVENTS: LiteralString = """
    INSERT INTO payment_events (event_id, provider, provider_event_id, event_type, merchant_id, amount_cents, currency,
        amount, status, attempt_number, provider_created_at, normalized_at, schema_version, validation_status,
        processed_at, load_batch_id, loaded_to_iceberg)
    SELECT 'e' || n, 'stripe', 'e' || n, 'charge.succeeded', 'acct_1', 1500, 'USD', 15, 'succeeded', 1, now(), now(), 1,
        'valid', now(), CASE WHEN n <= %(loaded)s THEN 'batch ' || n / 1000 END, n <= %(loaded)s
    FROM generate_series(1, %(loaded)s + %(unloaded)s) AS n"""
FILL_QUARANTINE: LiteralString = """
    INSERT INTO payment_events_quarantine (quarantine_id, payload, reason, stage, load_batch_id, loaded_to_iceberg,
        review_status, reviewed_by, reviewed_at)
    SELECT 't:0:' || n, '{}', 'a reason', 'normalize', CASE WHEN n <= %(loaded)s THEN 'batch ' || n / 1000 END,
        n <= %(loaded)s, CASE WHEN n %% 1000 = 0 THEN 'open' ELSE 'resolved' END, 'ana', now()
    FROM generate_series(1, %(loaded)s + %(unloaded)s) AS n"""
WHOLE: LiteralString = "SELECT relname AS name, seq_scan AS reads FROM pg_stat_user_tables WHERE relname = %s"
BY_INDEX: LiteralString = """
    SELECT indexrelname AS name, idx_scan AS reads FROM pg_stat_user_indexes WHERE relname = %s"""
OPEN: LiteralString = """
    EXPLAIN SELECT id, quarantine_id, event_id, reason, first_seen_at FROM payment_events_quarantine
    WHERE review_status = 'open' ORDER BY id LIMIT 50"""


@pytest.fixture
def full(bronze: Connection) -> Connection:
    for fill in (FILL_EVENTS, FILL_QUARANTINE):
        bronze.execute(fill, {"loaded": LOADED, "unloaded": UNLOADED})
    bronze.execute("VACUUM ANALYZE payment_events")
    bronze.execute("VACUUM ANALYZE payment_events_quarantine")
    bronze.execute("SELECT pg_stat_force_next_flush()")
    return bronze


def reads(connection: Connection, table: BronzeTable) -> dict[str, int]:
    """Return how often the table was read from end to end, and each index at all."""
    rows = [row for query in (WHOLE, BY_INDEX) for row in connection.execute(query, [table.name]).fetchall()]
    return {row["name"]: row["reads"] for row in rows}


@pytest.mark.parametrize("table", tables.ALL, ids=lambda table: table.name)
def test_the_ingestion_finds_what_is_unloaded_by_an_index(
    table: BronzeTable, scratch_database: Postgres, full: Connection
) -> None:
    ingestion = PostgresResource(scratch_database, lock_timeout_s=5)
    before = reads(full, table)

    assert ingestion.claim(table, "batch of today", 20) == 20
    assert ingestion.open_batches(table) == ["batch of today"]
    pieces = ingestion.get_unloaded_events(table, "batch of today", ingestion.columns(table))
    assert sum(piece.num_rows for piece in pieces) == 20
    assert ingestion.mark_as_loaded(table, "batch of today") == 20

    after = reads(full, table)
    assert after[table.name] == before[table.name]
    assert after[f"{table.name}_unloaded"] > before[f"{table.name}_unloaded"]
    assert after[f"{table.name}_load_batch"] >= before[f"{table.name}_load_batch"] + 2  # read, mark


def test_a_reviewer_finds_the_open_rows_by_an_index(full: Connection) -> None:
    plan = "\n".join(str(row["QUERY PLAN"]) for row in full.execute(OPEN).fetchall())
    assert "payment_events_quarantine_open" in plan
    assert "Seq Scan" not in plan
