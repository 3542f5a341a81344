"""The seed of currencies against the normalizer's own table."""

import csv
from datetime import date
from decimal import Decimal

from services.contracts.settings import REPOSITORY
from services.normalizer.money import ISO_EXPONENTS, STRIPE_EXPONENTS

with (REPOSITORY / "dbt/seeds/reference/currencies.csv").open() as file:
    RATES = list(csv.DictReader(file))
PAYABLE = {code: exponent for code, exponent in (ISO_EXPONENTS | STRIPE_EXPONENTS).items() if exponent is not None}


def test_every_currency_that_the_normalizer_accepts_has_a_rate_and_the_same_decimals() -> None:
    assert {row["currency"]: int(row["exponent"]) for row in RATES} == PAYABLE


def test_a_currency_has_one_rate_at_a_time_and_the_lines_are_in_order() -> None:
    keys = [(row["currency"], row["valid_from"]) for row in RATES]
    assert keys == sorted(set(keys))


def test_a_currency_has_the_same_decimals_at_all_times() -> None:
    assert len({(row["currency"], row["exponent"]) for row in RATES}) == len({row["currency"] for row in RATES})


def test_rates_are_positive_with_no_more_decimals_than_the_column_keeps_and_dated() -> None:
    for row in RATES:
        rate = Decimal(row["usd_rate"])
        assert rate > 0, row
        assert -int(rate.as_tuple().exponent) <= 8, row
        assert date.fromisoformat(row["valid_from"]) <= date(2026, 7, 1), row


def test_a_dollar_is_a_dollar() -> None:
    assert [row["usd_rate"] for row in RATES if row["currency"] == "USD"] == ["1"]
