"""What changes under the ingestion between two runs: columns, snapshots, the source database itself."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from services.ingestion.errors import ColumnChangedError, SourceMismatchError
from services.ingestion.maintenance import maintain
from services.ingestion.tables import PAYMENT_EVENTS
from services.ingestion.trino import TrinoResource
from tests.faults import catalog_proxy
from tests.integration.ingestion import harness
from tests.integration.ingestion.harness import Scratch, until

pytestmark = [pytest.mark.integration, pytest.mark.fault]


@pytest.fixture(autouse=True)
def whole_again() -> None:
    """Nothing that is shared is broken here, so the live pipeline is neither needed nor compared."""


@pytest.fixture
def scratch() -> Iterator[Scratch]:
    with harness.scratch(lock_timeout_s=30) as mine:
        mine.insert(1, 10)
        yield mine


def test_a_column_added_upstream(scratch: Scratch) -> None:
    """The schema evolves, and the old rows read as null."""
    scratch.load()
    scratch.execute("ALTER TABLE payment_events ADD COLUMN wallet varchar(20), ADD COLUMN tax numeric(12,2)")
    scratch.insert(11, 12)
    scratch.execute("UPDATE payment_events SET wallet = 'apple_pay', tax = 0.19 WHERE event_id = 'stripe:evt_12'")

    assert scratch.load() == [2]

    rows = scratch.table().scan(selected_fields=("event_id", "wallet", "tax")).to_arrow().to_pylist()
    found = {row["event_id"]: (row["wallet"], str(row["tax"])) for row in rows if row["wallet"]}
    assert found == {"stripe:evt_12": ("apple_pay", "0.19")}
    assert len(rows) == 12
    scratch.assert_each_once()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER COLUMN attempt_number TYPE bigint", "column attempt_number is now bigint in bronze, but int"),
        ("ALTER COLUMN amount TYPE numeric(20,2)", r"column amount is now numeric\(20,2\) in bronze, but decimal"),
        ("ALTER COLUMN card_country TYPE text[] USING NULL", r"column card_country is text\[\], for which there is no"),
        ("DROP COLUMN card_brand", "column card_brand is gone from bronze"),
    ],
)
def test_a_column_whose_type_changes_is_refused_with_its_name(scratch: Scratch, change: str, said: str) -> None:
    scratch.load()
    scratch.execute(f"ALTER TABLE payment_events {change}")

    with pytest.raises(ColumnChangedError, match=f"payment_events: {said}"):
        scratch.load()
    assert len(scratch.in_iceberg()) == 10


def test_snapshots_expired_between_runs(scratch: Scratch) -> None:
    """Compacted, expired and cleaned to the last file; with a batch that was committed, and not marked."""
    scratch.load()
    scratch.insert(11, 20)
    with catalog_proxy.running() as catalog:
        catalog.hold_answers()
        process = scratch.process(CATALOG_URI=catalog.url)
        until(catalog.reached.is_set, "the commit landed")
        process.kill()
        process.communicate()
    trino = TrinoResource(scratch.settings.trino, scratch.settings.namespace)
    carriers = {(snapshot.summary or {}).get("load_batch_id") for snapshot in scratch.table().snapshots()}
    maintain(trino, PAYMENT_EVENTS.name, timedelta(0))
    assert len(carriers - {None}) == 2
    assert not any((snapshot.summary or {}).get("load_batch_id") for snapshot in scratch.table().snapshots())
    scratch.insert(21, 30)

    batches = list(scratch.ingestion().load(PAYMENT_EVENTS))

    assert [(batch.rows, batch.recovered) for batch in batches] == [(10, True), (10, False)]
    scratch.assert_each_once()


def test_ids_restarted(scratch: Scratch) -> None:
    """The same database, under the same name and address: only its history tells that it is another one."""
    scratch.load()
    scratch.execute("TRUNCATE payment_events RESTART IDENTITY")
    scratch.insert(1, 12)

    with pytest.raises(SourceMismatchError, match="bronze does not have the row stripe:evt_"):
        scratch.load()
    assert len(scratch.in_iceberg()) == 10
    assert scratch.in_bronze("loaded_to_iceberg OR load_batch_id IS NOT NULL") == []


def test_a_bronze_restored_from_before_the_last_batch_is_refused(scratch: Scratch) -> None:
    """Its rows are there, but unmarked: loading them would double them."""
    scratch.load()
    scratch.execute("UPDATE payment_events SET loaded_to_iceberg = false, load_batch_id = NULL, loaded_at = NULL")

    with pytest.raises(SourceMismatchError, match="restored from before that batch"):
        scratch.load()
    assert len(scratch.in_iceberg()) == 10


def test_an_emptied_bronze_is_refused_even_with_nothing_to_load(scratch: Scratch) -> None:
    scratch.load()
    scratch.execute("TRUNCATE payment_events")

    with pytest.raises(SourceMismatchError, match="it was emptied"):
        scratch.load()


def test_a_lake_that_was_dropped_is_not_taken_for_a_loaded_one(scratch: Scratch) -> None:
    scratch.load()
    harness.drop_namespace(scratch.settings.namespace)

    with pytest.raises(SourceMismatchError, match="marked as loaded, but the Iceberg table is empty"):
        scratch.load()
