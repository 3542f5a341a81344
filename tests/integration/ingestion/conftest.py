"""An ingestion of each test's own: a scratch database of bronze rows, and an Iceberg namespace that goes afterwards."""

import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
from pyiceberg.exceptions import NoSuchNamespaceError

from services.contracts import iceberg
from services.contracts.settings import Postgres
from services.ingestion.settings import IngestionSettings

INSERT = """
    INSERT INTO payment_events (
        event_id, provider, provider_event_id, event_type, charge_id, merchant_id, customer_id, amount_cents, currency,
        amount, status, attempt_number, provider_created_at, normalized_at, metadata, schema_version, validation_status,
        processed_at, ingested_at
    )
    SELECT 'stripe:evt_' || i, 'stripe', 'evt_' || i, 'charge.succeeded', 'ch_' || i, 'acct_1',
        CASE WHEN i %% 7 > 0 THEN 'cus_' || i %% 50 END, i, 'USD', i / 100.0, 'succeeded', 1,
        now() - i * interval '1 minute', now(), '{"order": "1"}', 1, 'valid', now(), now() - (i %% 3) * interval '1 day'
    FROM generate_series(%s::int, %s::int) AS i
"""


@pytest.fixture
def settings(scratch_database: Postgres) -> Iterator[IngestionSettings]:
    namespace = f"scratch_{uuid.uuid4().hex[:12]}"
    yield IngestionSettings(postgres=scratch_database, namespace=namespace, batch_rows=400, lock_timeout_s=1)
    catalog = iceberg.load()
    try:
        for table in catalog.list_tables(namespace):
            catalog.drop_table(table)
        catalog.drop_namespace(namespace)
    except NoSuchNamespaceError:
        pass


@pytest.fixture
def insert_statement() -> str:
    """The statement behind `insert`, for a test that commits it in its own time."""
    return INSERT


@pytest.fixture
def insert(scratch_database: Postgres) -> Callable[[int, int], None]:
    """Stores events `first` to `last` in bronze."""

    def insert_events(first: int, last: int) -> None:
        with psycopg.connect(scratch_database.dsn) as connection:
            connection.execute(INSERT, [first, last])

    return insert_events
