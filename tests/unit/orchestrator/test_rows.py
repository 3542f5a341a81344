"""Rows agree with the bronze tables, column by column."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Table

from services.contracts.bronze.tables import payment_events, payment_events_quarantine
from services.contracts.events import UnifiedEvent
from services.orchestrator import fallback
from services.orchestrator.messages import Assessed, Payment, Rejected, Source, Violation
from services.orchestrator.rows import event_row, rejected_row, storable

Event = Callable[..., UnifiedEvent]


def required(table: Table) -> set[str]:
    filled_in = {column.name for column in table.columns if column.server_default is not None or column.identity}
    return {column.name for column in table.columns if not column.nullable} - filled_in


def test_a_stored_row_fills_every_required_column_and_no_unknown_one(event: Event, now: datetime) -> None:
    row = event_row(
        Assessed(Payment(event(), Source("t", 0, 1)), fallback.SCORE, fallback.SCORE, fallback.RETRY_PLAN, now)
    )

    assert set(row) <= set(payment_events.columns.keys())
    assert required(payment_events) <= {name for name, value in row.items() if value is not None}


def test_a_payment_that_did_not_fail_has_no_retry(event: Event, now: datetime) -> None:
    row = event_row(Assessed(Payment(event(), Source("t", 0, 1)), fallback.SCORE, fallback.SCORE, None, now))
    assert (row["retry_strategy"], row["retry_delay_seconds"], row["retry_model_version"]) == (None, None, None)


def test_a_rejected_event_keeps_its_source_and_what_it_broke(event: Event) -> None:
    payment = Payment(event(failure_message="a\x00b"), Source("payments.normalized", 1, 7))
    row = rejected_row(Rejected(payment, "business rules", [Violation("currency", "is unknown")]))

    assert set(row) <= set(payment_events_quarantine.columns.keys())
    assert required(payment_events_quarantine) <= set(row)
    assert (row["quarantine_id"], row["event_id"]) == ("payments.normalized:1:7", "stripe:evt_1")
    assert row["errors"] == [{"field": "currency", "message": "is unknown"}]


@pytest.mark.parametrize(("text", "kept"), [("a\x00b", "ab"), ("\ud800", "?"), ("é 漢 \U0001f4b3", "é 漢 \U0001f4b3")])
def test_text_is_kept_but_for_what_postgresql_refuses(text: str, kept: str) -> None:
    assert storable(text) == kept
