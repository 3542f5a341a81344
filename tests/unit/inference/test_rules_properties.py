"""What holds for the baseline rules whatever the payment: total, in bounds, monotone, the same in bulk as alone."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inference.answers import planned, risk_level, scored
from services.inference.churn_rules import ChurnRules, discontent
from services.inference.evidence import combine
from services.inference.fraud_rules import FAILURE_CODES, FraudRules, suspicion
from services.inference.messages import INT64_MAX, PaymentFeatures, RiskThresholds
from services.inference.retry_rules import BY_FAILURE_CODE, RetryRules, remedy
from tests.unit.inference.inference_examples import PAID, unhurried

EVENT_TYPES = [
    "charge.failed",
    "charge.refunded",
    "charge.dispute.created",
    "payment_intent.created",
    "payment_intent.payment_failed",
    "radar.early_fraud_warning.created",
    "refund.created",
]
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "event_type": st.sampled_from(EVENT_TYPES) | st.text(),
    "merchant_id": st.text(),
    "customer_id": st.none() | st.text(),
    "amount_cents": st.integers(0, 1_000_000) | st.integers(0, INT64_MAX),
    "currency": st.sampled_from(["usd", "EUR", "jpy"]) | st.from_regex("^[A-Za-z]{3}$", fullmatch=True),
    "status": st.sampled_from(["succeeded", "failed", "canceled", "won", "requires_payment_method"]) | st.text(),
    "card_country": st.none() | st.sampled_from(["US", "DE"]) | st.text(),
    "card_brand": st.none() | st.text(),
    "failure_code": st.none() | st.sampled_from([*FAILURE_CODES, *BY_FAILURE_CODE]) | st.text(),
    "attempt_number": st.integers(0, 6) | st.integers(0, INT64_MAX),
}
payments = st.builds(PaymentFeatures, **FIELDS)


def changed(payment: PaymentFeatures, **changes: object) -> PaymentFeatures:
    return msgspec.structs.replace(payment, **changes)


@unhurried
@given(payments)
def test_every_payment_gets_a_score_between_zero_and_one_and_a_plan(payment: PaymentFeatures) -> None:
    assert 0 <= suspicion(payment) <= 1
    assert 0 <= discontent(payment) <= 1
    strategy, delay_s = remedy(payment)
    assert strategy
    assert delay_s is None or 0 < delay_s < 2**31


@unhurried
@given(st.lists(payments, min_size=1, max_size=5))
def test_a_payment_is_answered_in_bulk_as_it_is_alone(batch: list[PaymentFeatures]) -> None:
    for model in (FraudRules(), ChurnRules()):
        assert scored(model, batch) == [answer for payment in batch for answer in scored(model, [payment])]
    assert planned(RetryRules(), batch) == [answer for one in batch for answer in planned(RetryRules(), [one])]


@unhurried
@given(payments, st.integers(0, INT64_MAX))
def test_a_larger_amount_never_lowers_the_suspicion(payment: PaymentFeatures, amount_cents: int) -> None:
    less, more = sorted((payment, changed(payment, amount_cents=amount_cents)), key=lambda one: one.amount_cents)
    assert suspicion(less) <= suspicion(more)


@unhurried
@given(payments, st.integers(0, 10))
def test_more_attempts_never_lower_a_score(payment: PaymentFeatures, attempt_number: int) -> None:
    less, more = sorted((payment, changed(payment, attempt_number=attempt_number)), key=lambda one: one.attempt_number)
    assert suspicion(less) <= suspicion(more)
    assert discontent(less) <= discontent(more)


@unhurried
@given(payments, st.sampled_from(sorted(FAILURE_CODES)))
def test_a_failure_never_lowers_a_score(payment: PaymentFeatures, code: str) -> None:
    succeeded, failed = changed(payment, failure_code=None), changed(payment, failure_code=code)
    assert suspicion(succeeded) <= suspicion(failed)
    assert discontent(succeeded) <= discontent(failed)


@unhurried
@given(payments)
def test_a_fraud_warning_never_lowers_the_suspicion(payment: PaymentFeatures) -> None:
    assert suspicion(payment) <= suspicion(changed(payment, event_type="radar.early_fraud_warning.created"))


@unhurried
@given(payments)
def test_a_guest_is_never_less_likely_to_leave(payment: PaymentFeatures) -> None:
    assert discontent(changed(payment, customer_id="cus_1")) <= discontent(changed(payment, customer_id=None))


@unhurried
@given(payments, payments)
def test_the_rules_read_no_field_that_their_card_does_not_list(one: PaymentFeatures, other: PaymentFeatures) -> None:
    for card, answer in ((FraudRules.card, suspicion), (ChurnRules.card, discontent), (RetryRules.card, remedy)):
        assert card.features is not None
        unread = {name: getattr(other, name) for name in PAID if name not in card.features}
        assert answer(one) == answer(changed(one, **unread))


@unhurried
@given(st.lists(st.floats(0, 1)), st.floats(0, 1))
def test_combined_evidence_stays_in_bounds_and_never_falls(weights: list[float], further: float) -> None:
    assert 0 <= combine(weights) <= combine([*weights, further]) <= 1


@pytest.mark.parametrize(
    ("score", "level"), [(0.0, "low"), (0.299, "low"), (0.3, "medium"), (0.699, "medium"), (0.7, "high"), (1.0, "high")]
)
def test_a_threshold_belongs_to_the_level_above_it(score: float, level: str) -> None:
    assert risk_level(score, RiskThresholds()) == level
