"""The retry baseline says what its table says."""

import pytest

from services.inference.retry_rules import (
    AFTER_PAYDAY,
    AUTHENTICATE,
    BY_FAILURE_CODE,
    CODES,
    DAY_S,
    NEVER,
    NEW_METHOD,
    NEXT_DAY,
    SOON,
    Plan,
    remedy,
)
from tests.unit.inference.inference_examples import payment


def plan_for(code: str | None, attempt_number: int = 1) -> Plan:
    return remedy(payment(status="failed", failure_code=code, attempt_number=attempt_number))


@pytest.mark.parametrize(
    ("code", "plan"),
    [
        ("processing_error", SOON),
        ("do_not_honor", NEXT_DAY),
        ("insufficient_funds", AFTER_PAYDAY),
        ("expired_card", NEW_METHOD),
        ("authentication_required", AUTHENTICATE),
        ("stolen_card", NEVER),
    ],
)
def test_each_reason_has_its_remedy(code: str, plan: Plan) -> None:
    assert plan_for(code) == plan


def test_payday_is_waited_for_three_days() -> None:
    assert plan_for("insufficient_funds") == ("retry_after_payday", 3 * DAY_S)


@pytest.mark.parametrize("code", ["never_heard_of", None])
def test_an_unknown_reason_is_retried_the_next_day(code: str | None) -> None:
    assert plan_for(code) == NEXT_DAY


def test_after_four_attempts_the_customer_is_asked_for_another_card() -> None:
    assert plan_for("processing_error", attempt_number=3) == SOON
    assert plan_for("processing_error", attempt_number=4) == NEW_METHOD


@pytest.mark.parametrize("code", CODES[NEVER])
def test_what_must_not_be_retried_is_not_however_often_it_was(code: str) -> None:
    assert {plan_for(code, attempt) for attempt in (0, 1, 4, 100)} == {NEVER}


def test_a_payment_that_succeeded_is_not_charged_again() -> None:
    assert remedy(payment(status="succeeded", failure_code=None)) == NEVER


def test_each_code_has_one_remedy() -> None:
    assert sum(map(len, CODES.values())) == len(BY_FAILURE_CODE)
