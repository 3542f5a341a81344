"""Each migration, up and down, with rows in the tables."""

from typing import LiteralString

import pytest
from alembic.script import ScriptDirectory
from psycopg import sql
from psycopg.rows import DictRow

from services.contracts.bronze import migrate
from services.contracts.settings import Postgres
from tests.integration.bronze.conftest import EVENT, QUARANTINED, Connection

pytestmark = pytest.mark.integration

HISTORY = ScriptDirectory(str(migrate.MIGRATIONS))
STEPS = [(str(step.down_revision or "base"), step.revision) for step in HISTORY.walk_revisions()]
"""(before, after) of each migration, newest first."""

EVERY_EVENT: LiteralString = "SELECT * FROM payment_events ORDER BY id"
EVERY_QUARANTINED: LiteralString = "SELECT * FROM payment_events_quarantine ORDER BY id"


def fill(bronze: Connection) -> None:
    for table, row in (("payment_events", EVENT), ("payment_events_quarantine", QUARANTINED)):
        insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(map(sql.Placeholder, row)),
        )
        bronze.execute(insert, row)


def contents(bronze: Connection) -> tuple[list[DictRow], list[DictRow]]:
    return bronze.execute(EVERY_EVENT).fetchall(), bronze.execute(EVERY_QUARANTINED).fetchall()


def tables(bronze: Connection) -> int:
    query = "SELECT count(*) AS n FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'payment%'"
    row = bronze.execute(query).fetchone()
    assert row is not None
    return int(row["n"])


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_a_migration_goes_up_down_and_up_again_with_rows_in_the_tables(
    before: str, after: str, scratch_database: Postgres, bronze: Connection
) -> None:
    migrate.downgrade(scratch_database, after)
    fill(bronze)
    full = contents(bronze)

    migrate.downgrade(scratch_database, before)
    if before == "base":
        assert tables(bronze) == 0
        migrate.upgrade(scratch_database, after)
        fill(bronze)
        assert [len(rows) for rows in contents(bronze)] == [1, 1]
        return
    assert contents(bronze) == full
    migrate.upgrade(scratch_database, after)
    assert contents(bronze) == full


def test_reviews_from_before_they_had_rules_are_kept_and_brought_in_line(
    scratch_database: Postgres, bronze: Connection
) -> None:
    migrate.downgrade(scratch_database, "0001")
    reviews = [
        ("open", None, None, None),
        ("resolved", "ana", "2026-11-23T10:00:00Z", "mended"),
        ("resolved", None, None, None),
        ("rejected", "", "2026-11-23T10:00:00Z", None),
        ("ignored", None, None, "a test event"),
    ]
    for number, review in enumerate(reviews):
        bronze.execute(
            """INSERT INTO payment_events_quarantine
               (quarantine_id, payload, reason, stage, review_status, reviewed_by, reviewed_at, review_note)
               VALUES (%s, '{}', 'a reason', 'normalize', %s, %s, %s, %s)""",
            [f"t:0:{number}", *review],
        )

    migrate.upgrade(scratch_database)

    rows = bronze.execute(EVERY_QUARANTINED).fetchall()
    assert [(row["review_status"], row["reviewed_by"], row["review_note"]) for row in rows] == [
        ("open", None, None),
        ("resolved", "ana", "mended"),
        ("resolved", "unknown", None),
        ("rejected", "unknown", None),
        ("open", None, "a test event\nreview_status was ignored"),
    ]
    assert [row["reviewed_at"] is None for row in rows] == [True, False, False, False, True]


def test_all_of_an_upgrade_is_undone_when_a_step_of_it_fails(scratch_database: Postgres, bronze: Connection) -> None:
    migrate.downgrade(scratch_database, "0001")
    fill(bronze)
    bronze.execute("CREATE INDEX payment_events_quarantine_open ON payment_events (id)")  # in the way of the new one

    with pytest.raises(Exception, match="already exists"):
        migrate.upgrade(scratch_database)

    names = bronze.execute("SELECT conname FROM pg_constraint WHERE conname LIKE 'review%'").fetchall()
    version = bronze.execute("SELECT version_num FROM alembic_version").fetchone()
    assert (names, version) == ([], {"version_num": "0001"})
