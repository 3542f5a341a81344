"""Labels: what was known within the horizon, and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.features.computing import database
from services.features.requests import CHARGES
from services.training.labels import LABELS
from services.training.tasks import TASKS
from tests.unit.features.small_facts import fact, table

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CHARGED = fact(occurred_at=NOON)


def labels(task: str, *facts: dict[str, Any]) -> dict[str, bool]:
    with database() as connection:
        connection.register("facts", table(list(facts)))
        connection.execute(f"create temp view charges as {CHARGES}")
        query = LABELS[task](TASKS[task].horizon)
        return dict(connection.sql(f"select event_id, label from ({query})").fetchall())  # noqa: S608 - our own SQL


def dispute(after: timedelta, late: timedelta = timedelta(0), reason: str = "fraudulent") -> dict[str, Any]:
    return fact(
        event_id="stripe:evt_2",
        event_type="charge.dispute.created",
        customer_id=None,
        dispute_reason=reason,
        occurred_at=NOON + after,
        ingested_at=NOON + after + late,
    )


def test_a_dispute_as_fraudulent_within_thirty_days_is_fraud() -> None:
    assert labels("fraud", CHARGED, dispute(20 * DAY)) == {"stripe:evt_1": True}


def test_a_warning_is_fraud() -> None:
    warning = fact(event_id="stripe:evt_2", event_type="radar.early_fraud_warning.created", occurred_at=NOON + DAY)

    assert labels("fraud", CHARGED, warning) == {"stripe:evt_1": True}


@pytest.mark.parametrize(
    "harmless",
    [dispute(20 * DAY, reason="product_not_received"), dispute(31 * DAY), dispute(29 * DAY, late=2 * DAY)],
    ids=["goods that did not come", "too late", "known too late"],
)
def test_other_disputes_and_late_ones_are_not(harmless: dict[str, Any]) -> None:
    assert labels("fraud", CHARGED, harmless) == {"stripe:evt_1": False}


def test_a_customer_has_left_if_no_payment_succeeds_in_time() -> None:
    again = fact(event_id="stripe:evt_2", charge_id="ch_2", occurred_at=NOON + 34 * DAY)
    failed = fact(event_id="stripe:evt_3", event_type="charge.failed", charge_id="ch_3", occurred_at=NOON + 40 * DAY)
    other = fact(event_id="stripe:evt_4", charge_id="ch_4", customer_id="cus_2", occurred_at=NOON + 41 * DAY)

    assert labels("churn", CHARGED, again, failed, other) == {
        "stripe:evt_1": False,
        "stripe:evt_2": True,
        "stripe:evt_3": True,
        "stripe:evt_4": True,
    }


def test_a_guest_cannot_leave() -> None:
    assert labels("churn", fact(customer_id=None)) == {}


def test_a_retry_is_learnt_from_only_if_its_delay_was_random() -> None:
    failed = {"event_type": "charge.failed", "retry_in_s": 3_600}
    recovered = fact(event_id="stripe:evt_9", attempt_number=2, occurred_at=NOON + DAY)

    assert labels("retry", fact(**failed, retry_policy="explore"), recovered) == {"stripe:evt_1": True}
    assert labels("retry", fact(**failed, retry_policy="explore")) == {"stripe:evt_1": False}
    assert labels("retry", fact(**failed, retry_policy="schedule"), recovered) == {}


def test_the_attempt_after_the_next_is_no_success_of_this_one() -> None:
    failed = fact(event_type="charge.failed", retry_in_s=3_600, retry_policy="explore")

    assert labels("retry", failed, fact(event_id="stripe:evt_3", attempt_number=3)) == {"stripe:evt_1": False}
