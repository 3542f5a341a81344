"""What Trino makes of the tables: partition pruning, maintenance, statistics, and the checks that ask it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.ingestion.maintenance import files, maintain
from services.ingestion.measures import RULES, Measures
from services.ingestion.quality import findings
from services.ingestion.tables import PAYMENT_EVENTS, QUARANTINE, BronzeTable
from services.ingestion.trino import TrinoResource
from tests.integration.ingestion.harness import Scratch

pytestmark = pytest.mark.integration

QUARANTINED = """
    INSERT INTO payment_events_quarantine (quarantine_id, event_id, payload, reason, stage, source_topic, source_offset)
    SELECT 'dlq:0:' || i, NULL, 'päyload ' || i, 'not JSON', 'normalize', 'dlq', i FROM generate_series(1, %s::int) AS i
"""


@pytest.fixture
def trino(scratch: Scratch) -> TrinoResource:
    return TrinoResource(scratch.settings.trino, scratch.settings.namespace)


def failed(scratch: Scratch, trino: TrinoResource, table: BronzeTable = PAYMENT_EVENTS) -> dict[str, str]:
    measured = Measures(scratch.settings.postgres, trino).of(table)
    found = findings(measured, datetime.now(UTC), RULES[table.name].null_limits)
    return {finding.check: finding.description for finding in found if not finding.passed and finding.severe}


def test_a_query_for_one_day_reads_one_partition(scratch: Scratch, trino: TrinoResource) -> None:
    """Shown by EXPLAIN: the day is a constraint of the scan, and no filter is left above it."""
    scratch.insert(1, 900)
    scratch.load()
    day = f"{datetime.now(UTC).date()}"
    one_day = f"FROM payment_events WHERE ingested_at >= TIMESTAMP '{day} 00:00:00 UTC'"

    ((plan,),) = trino.query(f"EXPLAIN SELECT count(*) {one_day}")
    ((ran,),) = trino.query(f"EXPLAIN ANALYZE SELECT count(event_id) {one_day}")

    assert "constraint on [ingested_at]" in plan
    assert "Filter" not in plan
    ((rows,),) = trino.query(f"SELECT count(*) {one_day}")
    assert f"Input: {rows} rows" in ran
    assert rows == 300


def test_maintenance_compacts_expires_cleans_and_counts(scratch: Scratch, trino: TrinoResource) -> None:
    for first in (1, 11, 21):
        scratch.insert(first, first + 9)
        scratch.load()
    assert files(trino, "payment_events") == (9, 3)

    maintain(trino, "payment_events", timedelta(0))

    data_files, snapshots = files(trino, "payment_events")
    assert data_files == 3
    assert snapshots <= 2
    columns = {row[0]: row[2] for row in trino.query("SHOW STATS FOR payment_events")}
    assert columns["event_id"] == pytest.approx(30, rel=0.1)
    scratch.assert_each_once()
    assert failed(scratch, trino) == {}


def test_a_table_without_rows_can_be_maintained(scratch: Scratch, trino: TrinoResource) -> None:
    scratch.load()

    maintain(trino, "payment_events", timedelta(0))

    assert trino.tables() == ["payment_events"]


def test_what_was_loaded_passes_its_checks(scratch: Scratch, trino: TrinoResource) -> None:
    scratch.insert(1, 900)
    scratch.execute(QUARANTINED, 50)
    scratch.load()
    list(scratch.ingestion().load(QUARANTINE))

    assert failed(scratch, trino) == {}
    assert failed(scratch, trino, QUARANTINE) == {}
    measured = Measures(scratch.settings.postgres, trino).of(PAYMENT_EVENTS)
    assert sum(day.total for day in measured.iceberg_days.values()) == sum(range(901))
    assert len(measured.iceberg_days) == 3


def test_rows_lost_doubled_or_changed_fail_their_checks(scratch: Scratch, trino: TrinoResource) -> None:
    scratch.insert(1, 900)
    scratch.load()
    trino.query("INSERT INTO payment_events SELECT * FROM payment_events WHERE event_id = 'stripe:evt_3'")
    doubled = failed(scratch, trino)
    trino.query("DELETE FROM payment_events WHERE event_id = 'stripe:evt_3'")
    lost = failed(scratch, trino)
    trino.query("UPDATE payment_events SET amount_cents = -5 WHERE event_id = 'stripe:evt_4'")
    changed = failed(scratch, trino)

    assert set(doubled) == {"duplicate_ids", "matches_bronze"}
    assert "300 rows in bronze, 301 in Iceberg" in doubled["matches_bronze"]
    assert set(lost) == {"matches_bronze"}
    assert changed["value_ranges"] == "1 rows break 'amount is not negative'"


def test_rows_that_wait_too_long_fail_the_freshness_check(scratch: Scratch, trino: TrinoResource) -> None:
    scratch.insert(1, 10)
    scratch.load()
    scratch.insert(11, 20)

    assert "the oldest waits for" in failed(scratch, trino)["freshness"]
