"""The fraud baseline says what its tables say."""

from typing import Any

import pytest

from services.inference.answers import scored
from services.inference.fraud_rules import FAILURE_CODES, FraudRules, is_foreign, suspicion
from tests.unit.inference.inference_examples import payment


def level(**changes: object) -> str:
    [answer] = scored(FraudRules(), [payment(**changes)])
    return answer.risk_level


def test_an_ordinary_payment_is_a_low_risk() -> None:
    assert level() == "low"


@pytest.mark.parametrize(
    "sign",
    [
        {"amount_cents": 50_000},
        {"card_country": "NG"},
        {"attempt_number": 3},
        {"event_type": "charge.dispute.created", "status": "needs_response"},
        {"event_type": "radar.early_fraud_warning.created"},
        *({"failure_code": code} for code in FAILURE_CODES),
    ],
    ids=str,
)
def test_each_sign_of_fraud_raises_the_score(sign: dict[str, Any]) -> None:
    assert suspicion(payment(**sign)) > suspicion(payment())


def test_a_larger_amount_weighs_more() -> None:
    scores = [suspicion(payment(amount_cents=amount)) for amount in (49_999, 50_000, 100_000, 500_000)]
    assert scores == sorted(set(scores))


@pytest.mark.parametrize(("currency", "amount_cents"), [("jpy", 4_200), ("kwd", 13_000), ("eur", 3_900)])
def test_a_typical_purchase_is_a_low_risk_whatever_decimals_its_currency_has(currency: str, amount_cents: int) -> None:
    assert level(currency=currency, amount_cents=amount_cents, card_country=None) == "low"


def test_a_stolen_card_and_a_fraud_warning_are_high_risks() -> None:
    assert level(failure_code="stolen_card", status="failed") == "high"
    assert level(event_type="radar.early_fraud_warning.created") == "high"


@pytest.mark.parametrize("status", ["won", "warning_closed"])
def test_a_dispute_that_the_merchant_won_is_no_sign_of_fraud(status: str) -> None:
    assert level(event_type="charge.dispute.created", status="needs_response") == "medium"
    assert level(event_type="charge.dispute.closed", status="lost") == "medium"
    assert level(event_type="charge.dispute.closed", status=status) == "low"


@pytest.mark.parametrize(
    ("currency", "country", "foreign"),
    [("eur", "DE", False), ("eur", "us", True), ("GBP", "gb", False), ("usd", None, False), ("xof", "FR", False)],
)
def test_a_card_is_foreign_where_the_currency_is_not_at_home(
    currency: str, country: str | None, *, foreign: bool
) -> None:
    assert is_foreign(currency, country) is foreign
