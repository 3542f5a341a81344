"""Features of the payment itself: what they say, and what they do not say where something is unknown."""

from typing import Any

import numpy as np
import pytest

from services.features.activity import bloom_bit
from services.features.computing import database
from services.features.transaction import bloom_bits, transaction_features

KNOWN: dict[str, Any] = {
    "paid_merchant_id": "acct_1",
    "amount_usd_cents": 2_000,
    "occurred_at_s": 1_780_315_200,  # 1 June 2026, noon
    "attempt_number": 1,
    "currency": "USD",
    "card_brand": "visa",
    "card_last_four": "4242",
    "card_country": "US",
    "card_funding": "debit",
    "buyer_country": "DE",
    "failure_code": None,
    "merchant_log_usd_mean": np.log(1_000),
    "merchant_log_usd_spread": 0.5,
    "customer_log_usd_above_usual_90d": np.log(2),
    "customer_country": "US",
    "customer_payments": 3,
    "customer_first_seen_at_s": 1_780_315_200 - 20 * 86_400,
    "customer_first_payment_at_s": 1_780_315_200 - 20 * 86_400,
    "customer_last_payment_at_s": 1_780_315_200 - 10 * 86_400,
    "customer_last_failure_at_s": None,
    "customer_card_bits": int(bloom_bits(["visa-4242"])[0]),
    "customer_merchant_bits": int(bloom_bits(["acct_2"])[0]),
}
UNKNOWN = {name: value if name in ("amount_usd_cents", "occurred_at_s") else None for name, value in KNOWN.items()}


def one(**given: Any) -> dict[str, float]:  # noqa: ANN401 - a field has the type it has
    columns = {name: [value] for name, value in (KNOWN | given).items()}
    return {name: float(values[0]) for name, values in transaction_features(columns).items()}


def test_an_amount_is_compared_with_what_is_usual_there_and_for_them() -> None:
    features = one()

    assert features["amount_above_merchants_usual"] == pytest.approx(np.log(2))
    assert features["amount_above_merchants_usual_in_spreads"] == pytest.approx(np.log(2) / 0.5)
    assert features["amount_above_customers_usual"] == pytest.approx(0)


def test_a_card_of_the_account_is_settled_and_another_is_not() -> None:
    assert one()["card_is_settled"] == 1
    assert one(card_last_four="0001")["card_is_settled"] == 0
    assert one()["merchant_is_settled"] == 0


def test_countries_are_compared() -> None:
    features = one()

    assert (features["card_is_foreign"], features["buyer_is_away"], features["buyer_is_foreign"]) == (0, 1, 1)


def test_times_are_counted_from_the_payment() -> None:
    features = one()

    assert features["hours_since_last_payment"] == 240
    assert features["mean_days_between_payments"] == 5
    assert features["gaps_since_last_payment"] == 2
    assert (features["hour_of_day"], features["day_of_month"]) == (12, 1)


def test_what_is_unknown_is_nan_and_never_zero() -> None:
    features = one(**UNKNOWN)
    always = {"amount_log_usd", "hour_of_day", "day_of_month"}

    assert {name for name, value in features.items() if not np.isnan(value)} == always


def test_a_word_outside_the_vocabulary_is_unknown() -> None:
    assert np.isnan(one(failure_code="a code from next year")["failure_code_code"])


def test_python_and_sql_set_the_same_bit() -> None:
    words = [f"acct_{number}" for number in range(200)]
    with database() as connection:
        connection.execute("create table words as select unnest(?) as word", [words])
        found = connection.sql(f"select {bloom_bit('word')} from words").fetchall()  # noqa: S608 - our own SQL

    assert [bit for (bit,) in found] == bloom_bits(words).tolist()
