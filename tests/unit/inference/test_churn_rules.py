"""The churn baseline says what its tables say."""

from typing import Any

import pytest

from services.inference.answers import scored
from services.inference.churn_rules import ChurnRules, discontent
from tests.unit.inference.inference_examples import payment


def test_an_ordinary_payment_is_a_low_risk() -> None:
    [answer] = scored(ChurnRules(), [payment()])
    assert answer.risk_level == "low"


@pytest.mark.parametrize(
    "sign",
    [
        {"customer_id": None},
        {"status": "failed"},
        {"status": "canceled"},
        {"event_type": "charge.failed"},
        {"event_type": "payment_intent.payment_failed", "status": "requires_payment_method"},
        {"failure_code": "never_heard_of"},
        {"event_type": "charge.dispute.created"},
        {"event_type": "charge.refunded"},
        {"event_type": "refund.created"},
    ],
    ids=str,
)
def test_each_sign_of_churn_raises_the_score(sign: dict[str, Any]) -> None:
    assert discontent(payment(**sign)) > discontent(payment())


def test_a_payment_that_has_not_been_tried_yet_has_not_failed() -> None:
    created = payment(event_type="payment_intent.created", status="requires_payment_method")
    assert discontent(created) == discontent(payment())


def test_failures_raise_churn_and_repeated_failures_raise_it_more() -> None:
    once = discontent(payment(status="failed", failure_code="expired_card"))
    again = discontent(payment(status="failed", failure_code="expired_card", attempt_number=3))
    assert discontent(payment()) < once < again


def test_attempts_of_a_payment_that_succeeded_say_nothing_about_churn() -> None:
    assert discontent(payment(attempt_number=5)) == discontent(payment())
