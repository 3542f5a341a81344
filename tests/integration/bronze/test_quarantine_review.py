"""A quarantine row is open until somebody says, by name, what became of it."""

import psycopg
import pytest

from tests.integration.bronze.conftest import QUARANTINED, Connection

pytestmark = pytest.mark.integration

INSERT = """
    INSERT INTO payment_events_quarantine (quarantine_id, payload, reason, stage)
    VALUES (%(quarantine_id)s, %(payload)s, %(reason)s, %(stage)s)
"""
REVIEW = "UPDATE payment_events_quarantine SET review_status = %s, reviewed_by = %s, reviewed_at = %s"


@pytest.fixture
def quarantine(bronze: Connection) -> Connection:
    bronze.execute(INSERT, QUARANTINED)
    return bronze


def status(quarantine: Connection) -> str:
    row = quarantine.execute("SELECT review_status FROM payment_events_quarantine").fetchone()
    assert row is not None
    return str(row["review_status"])


def test_a_row_is_open_until_it_is_reviewed(quarantine: Connection) -> None:
    assert status(quarantine) == "open"


@pytest.mark.parametrize("verdict", ["replayed", "resolved", "rejected"])
def test_a_signed_review_is_kept(quarantine: Connection, verdict: str) -> None:
    quarantine.execute(REVIEW, [verdict, "ana", "2026-11-23T10:00:00Z"])
    assert status(quarantine) == verdict


@pytest.mark.parametrize(("by", "at"), [(None, "2026-11-23T10:00:00Z"), ("ana", None), (None, None), ("", "now")])
def test_a_review_without_name_or_time_is_refused(quarantine: Connection, by: str | None, at: str | None) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="review_signed"):
        quarantine.execute(REVIEW, ["resolved", by, at])


@pytest.mark.parametrize("verdict", ["ignored", "OPEN", ""])
def test_a_state_that_is_not_known_is_refused(quarantine: Connection, verdict: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="review_status_known"):
        quarantine.execute(REVIEW, [verdict, "ana", "2026-11-23T10:00:00Z"])
