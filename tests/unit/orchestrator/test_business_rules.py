"""Each rule by itself, and its edge."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.contracts.events import UnifiedEvent
from services.orchestrator.rules import is_failed_payment, violations

Event = Callable[..., UnifiedEvent]


def fields(event: UnifiedEvent, now: datetime) -> list[str]:
    return [violation.field for violation in violations(event, now)]


@pytest.mark.parametrize("changes", [{}, {"amount_cents": 0}, {"currency": "jpy"}, {"customer_id": None}])
def test_a_good_event_breaks_no_rule(event: Event, now: datetime, changes: dict[str, Any]) -> None:
    assert violations(event(**changes), now) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount_cents", -1), ("currency", "XXZ"), ("currency", ""), ("payment_intent_id", None)],
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
