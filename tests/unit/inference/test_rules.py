"""The baseline rules say what their tables say, and stay within their bounds."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inference.churn_rules import ChurnRules
from services.inference.evidence import combine
from services.inference.fraud_rules import FAILURE_CODES, FraudRules, is_foreign
from services.inference.messages import PaymentFeatures
from services.inference.models import risk_level, scored
from services.inference.retry_rules import BY_FAILURE_CODE, DAY_S, RetryRules

FRAUD, CHURN, RETRY = FraudRules(), ChurnRules(), RetryRules()


def payment(**changes: object) -> PaymentFeatures:
    return PaymentFeatures.model_validate(
        {
            "event_type": "payment_intent.succeeded",
            "merchant_id": "acct_1",
            "customer_id": "cus_1",
            "amount_cents": 1_500,
            "currency": "usd",
            "status": "succeeded",
            "card_country": "US",
            "card_brand": "visa",
        }
        | changes
    )


def test_an_ordinary_payment_is_a_low_risk() -> None:
    assert scored(FRAUD, payment()).risk_level == "low"
    assert scored(CHURN, payment()).risk_level == "low"


@pytest.mark.parametrize(
    "sign",
    [
        {"amount_cents": 50_000},
        {"card_country": "NG"},
        {"attempt_number": 3},
        {"failure_code": "incorrect_cvc"},
        {"event_type": "charge.dispute.created"},
    ],
)
def test_each_sign_of_fraud_raises_the_score(sign: dict[str, Any]) -> None:
    assert FRAUD.score(payment(**sign)) > FRAUD.score(payment())


def test_a_larger_amount_weighs_more() -> None:
    scores = [FRAUD.score(payment(amount_cents=amount)) for amount in (49_999, 50_000, 100_000, 500_000)]
    assert scores == sorted(set(scores))


def test_a_stolen_card_and_a_fraud_warning_are_high_risks() -> None:
    assert scored(FRAUD, payment(failure_code="stolen_card", status="failed")).risk_level == "high"
    assert scored(FRAUD, payment(event_type="radar.early_fraud_warning.created")).risk_level == "high"


@pytest.mark.parametrize(
    ("currency", "country", "foreign"),
    [("eur", "DE", False), ("eur", "us", True), ("GBP", "gb", False), ("usd", None, False), ("xof", "FR", False)],
)
def test_a_card_is_foreign_where_the_currency_is_not_at_home(
    currency: str, country: str | None, *, foreign: bool
) -> None:
    assert is_foreign(currency, country) is foreign


def test_failures_raise_churn_and_repeated_failures_raise_it_more() -> None:
    once = CHURN.score(payment(status="failed", failure_code="expired_card"))
    again = CHURN.score(payment(status="failed", failure_code="expired_card", attempt_number=3))
    assert CHURN.score(payment()) < once < again


def test_attempts_of_a_payment_that_succeeded_say_nothing_about_churn() -> None:
    assert CHURN.score(payment(attempt_number=5)) == CHURN.score(payment())


def test_insufficient_funds_wait_for_payday_and_a_stolen_card_is_never_retried() -> None:
    assert RETRY.plan(payment(failure_code="insufficient_funds")) == ("retry_after_payday", 3 * DAY_S)
    assert RETRY.plan(payment(failure_code="stolen_card")) == ("do_not_retry", None)


def test_an_unknown_failure_code_is_retried_the_next_day() -> None:
    assert RETRY.plan(payment(failure_code="never_heard_of")) == ("retry_next_day", DAY_S)


def test_after_four_attempts_the_customer_is_asked_for_another_card() -> None:
    assert RETRY.plan(payment(failure_code="processing_error", attempt_number=4)) == (
        "request_new_payment_method",
        None,
    )
    assert RETRY.plan(payment(failure_code="lost_card", attempt_number=9)) == ("do_not_retry", None)


@pytest.mark.parametrize(
    ("score", "level"), [(0.0, "low"), (0.299, "low"), (0.3, "medium"), (0.699, "medium"), (0.7, "high"), (1.0, "high")]
)
def test_a_threshold_belongs_to_the_level_above_it(score: float, level: str) -> None:
    assert risk_level(score) == level


@given(st.lists(st.floats(0, 1)), st.floats(0, 1))
def test_combined_evidence_stays_in_bounds_and_never_falls(weights: list[float], further: float) -> None:
    assert 0 <= combine(weights) <= combine([*weights, further]) + 1e-12 <= 1 + 1e-12


@given(
    amount_cents=st.integers(0, 2**63 - 1),
    attempt_number=st.integers(0, 1_000),
    currency=st.from_regex("^[A-Za-z]{3}$", fullmatch=True),
    failure_code=st.none() | st.sampled_from([*FAILURE_CODES, *BY_FAILURE_CODE]) | st.text(),
    card_country=st.none() | st.text(),
    status=st.text(),
    event_type=st.text() | st.just("charge.dispute.created"),
)
def test_every_payment_gets_a_score_between_zero_and_one(**features: object) -> None:
    assert 0 <= FRAUD.score(payment(**features)) <= 1
    assert 0 <= CHURN.score(payment(**features)) <= 1
