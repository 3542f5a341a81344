"""The stages that store rows, each on a database or a namespace of the test's own."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from pyiceberg.io.pyarrow import schema_to_pyarrow

import trino
from services.contracts import iceberg
from services.contracts.settings import Postgres, Trino
from services.ingestion.lake import IcebergLake
from services.ingestion.tables import PAYMENT_EVENTS, QUARANTINE, BronzeTable
from stack.journey.adapters.bronze import BronzeStage
from stack.journey.adapters.facts import FactsStage
from stack.journey.adapters.iceberg import IcebergStage
from stack.journey.sightings import Stage

pytestmark = pytest.mark.integration

AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
EVENT: dict[str, Any] = {
    "event_id": "stripe:evt_1",
    "provider": "stripe",
    "provider_event_id": "evt_1",
    "event_type": "charge.succeeded",
    "charge_id": "ch_1",
    "merchant_id": "acct_1",
    "amount_cents": 1999,
    "currency": "usd",
    "amount": Decimal("19.9900"),
    "status": "succeeded",
    "attempt_number": 1,
    "provider_created_at": AT,
    "normalized_at": AT,
    "metadata": "{}",
    "schema_version": 1,
    "source": "gateway",
    "validation_status": "valid",
    "processed_at": AT,
}
OTHER = EVENT | {"event_id": "stripe:evt_2", "provider_event_id": "evt_2", "amount_cents": 1}
OLD = EVENT | {"event_id": "stripe:evt_3", "provider_event_id": "evt_3", "source": "history", "currency": "jpy"}
REFUSED: dict[str, Any] = {
    "quarantine_id": "payments.validation.dlq:0:1",
    "event_id": "stripe:evt_4",
    "payload": "{}",
    "reason": "unknown currency",
    "errors": "[]",
    "stage": "normalizer",
}
NAMELESS = REFUSED | {"quarantine_id": "payments.validation.dlq:0:2", "event_id": None}


def insert(database: Postgres, table: str, rows: list[dict[str, Any]]) -> None:
    with psycopg.connect(database.dsn) as connection:
        for row in rows:
            statement = psycopg.sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                psycopg.sql.Identifier(table),
                psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, row)),
                psycopg.sql.SQL(", ").join(psycopg.sql.Placeholder() * len(row)),
            )
            connection.execute(statement, list(row.values()))


def test_bronze_tells_rows_sums_history_and_quarantine(scratch_database: Postgres) -> None:
    insert(scratch_database, "payment_events", [EVENT, OTHER, OLD])
    insert(scratch_database, "payment_events_quarantine", [REFUSED, NAMELESS])
    stage = BronzeStage(scratch_database)

    (row,) = stage.look("stripe:evt_1")[Stage.BRONZE]
    assert (row.details["processed_at"], row.details["loaded_to_iceberg"]) == (AT, False)
    (refused,) = stage.look("stripe:evt_4")[Stage.QUARANTINE]
    assert refused.details["reason"] == "unknown currency"
    payments = stage.payments()
    assert payments.ids.distinct == {"stripe:evt_1", "stripe:evt_2", "stripe:evt_3"}
    assert payments.history == {"stripe:evt_3"}
    assert payments.sums == {"usd": 2000, "jpy": 1999}
    assert stage.quarantine().events == {"stripe:evt_4"}
    assert stage.quarantine().unnamed == {"payments.validation.dlq:0:2"}


@pytest.fixture
def namespace(platform: object) -> Iterator[str]:  # noqa: ARG001 - asked for its servers
    name = f"journey_{uuid.uuid4().hex[:8]}"
    yield name
    catalog = iceberg.load()
    if catalog.namespace_exists(name):
        for identifier in catalog.list_tables(name):
            catalog.drop_table(identifier)
        catalog.drop_namespace(name)


def write(namespace: str, table: BronzeTable, batch_id: str, rows: list[dict[str, Any]]) -> None:
    complete = [row | {"ingested_at": AT, "load_batch_id": batch_id, "review_status": "open"} for row in rows]
    arrow = pa.Table.from_pylist(complete, schema=schema_to_pyarrow(table.schema, include_field_ids=False))
    target = IcebergLake(iceberg.load, namespace).open(table)
    target.commit(batch_id, target.write(arrow.to_batches()))


def ask_trino(sql: str, namespace: str) -> None:
    settings = Trino()
    connection = trino.dbapi.Connection(
        host=settings.host, port=settings.port, user="test", catalog=settings.catalog, schema=namespace
    )
    connection.cursor().execute(sql).fetchall()
    connection.close()


def test_before_the_first_batch_the_lake_and_the_facts_are_empty_not_broken(namespace: str) -> None:
    lake, facts = IcebergStage(iceberg.load, namespace), FactsStage(Trino(schema_name=namespace))
    assert not any(lake.look("stripe:evt_1").values())
    assert not any(facts.look("stripe:evt_1").values())
    assert lake.payments().ids.distinct == lake.quarantine().events == facts.payments().ids.distinct == frozenset()


def test_the_lake_and_the_facts_tell_the_batch_its_snapshot_and_the_sums(namespace: str) -> None:
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    write(namespace, PAYMENT_EVENTS, first, [EVENT])
    write(namespace, PAYMENT_EVENTS, second, [OTHER, OLD])
    write(namespace, QUARANTINE, first, [REFUSED, NAMELESS])
    lake = IcebergStage(iceberg.load, namespace)

    snapshots = iceberg.load().load_table((namespace, "payment_events")).metadata.snapshots
    (row,) = lake.look("stripe:evt_1")[Stage.ICEBERG]
    assert (row.details["batch_id"], row.details["snapshot_id"]) == (first, snapshots[0].snapshot_id)
    assert row.at == datetime.fromtimestamp(snapshots[0].timestamp_ms / 1000, tz=UTC)
    assert lake.payments().ids.distinct == {"stripe:evt_1", "stripe:evt_2", "stripe:evt_3"}
    assert lake.payments().sums == {"usd": 2000, "jpy": 1999}
    assert lake.quarantine().events == {"stripe:evt_4"}
    assert lake.quarantine().unnamed == {"payments.validation.dlq:0:2"}

    ask_trino("CREATE TABLE fct_payments AS SELECT event_id, currency, amount_cents FROM payment_events", namespace)
    facts = FactsStage(Trino(schema_name=namespace))
    (fact,) = facts.look("stripe:evt_1")[Stage.FACTS]
    assert fact.at is not None
    assert fact.at >= row.at.replace(microsecond=0)  # MinIO tells when a file was written to the second
    assert facts.payments() == lake.payments()


def test_a_row_that_was_loaded_twice_is_named(namespace: str) -> None:
    write(namespace, PAYMENT_EVENTS, str(uuid.uuid4()), [EVENT])
    write(namespace, PAYMENT_EVENTS, str(uuid.uuid4()), [EVENT, OTHER])
    assert IcebergStage(iceberg.load, namespace).payments().ids.repeated == {"stripe:evt_1"}
