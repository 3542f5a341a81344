"""Each rule by itself, and its edge."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from services.contracts.events import UnifiedEvent
from services.orchestrator import fallback
from services.orchestrator.messages import Score
from services.orchestrator.rules import is_failed_payment, is_suspected_fraud, violations

Event = Callable[..., UnifiedEvent]


def fields(event: UnifiedEvent, now: datetime) -> list[str]:
    return [violation.field for violation in violations(event, now)]


@pytest.mark.parametrize(
    "changes", [{}, {"amount_cents": 0}, {"currency": "jpy"}, {"amount": Decimal("0.0001")}, {"customer_id": None}]
)
def test_a_good_event_breaks_no_rule(event: Event, now: datetime, changes: dict[str, Any]) -> None:
    assert violations(event(**changes), now) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount_cents", -1),
        ("currency", "XXZ"),
        ("currency", ""),
        ("payment_intent_id", None),
        *(("amount", Decimal(text)) for text in ("-0.01", "0.00001", "NaN", "sNaN", "Infinity", "-Infinity")),
        ("provider_created_at", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("provider_created_at", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=23)))),
        ("normalized_at", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("normalized_at", datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=23)))),
    ],
)
def test_a_broken_rule_is_named(event: Event, now: datetime, field: str, value: object) -> None:
    assert fields(event(**{field: value}), now) == [field]


def test_an_event_may_be_one_day_ahead_of_our_clock_and_no_more(event: Event, now: datetime) -> None:
    one_day = now + timedelta(days=1)
    assert fields(event(provider_created_at=one_day), now) == []
    assert fields(event(provider_created_at=one_day + timedelta(seconds=1)), now) == ["provider_created_at"]


def test_every_broken_rule_is_told_and_not_just_the_first(event: Event, now: datetime) -> None:
    assert fields(event(amount_cents=-1, currency="none"), now) == ["amount_cents", "currency"]


@pytest.mark.parametrize(
    ("event_type", "failed"),
    [("payment_intent.payment_failed", True), ("charge.failed", True), ("refund.failed", False), ("x", False)],
)
def test_only_a_failed_payment_is_worth_a_retry(event: Event, event_type: str, *, failed: bool) -> None:
    assert is_failed_payment(event(event_type=event_type, status="failed")) is failed


@pytest.mark.parametrize(("level", "suspected"), [("high", True), ("medium", False), ("low", False)])
def test_only_a_high_risk_is_suspected_fraud(level: str, *, suspected: bool) -> None:
    assert is_suspected_fraud(Score(0.5, level, "1")) is suspected


def test_a_fallback_score_accuses_nobody() -> None:
    assert not is_suspected_fraud(fallback.SCORE)
