from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.normalizer.errors import NormalizationError
from services.normalizer.money import ISO_EXPONENTS, MAX_MINOR_UNITS, exponent, major_units

payable = st.sampled_from(sorted(code for code, decimals in ISO_EXPONENTS.items() if decimals is not None))
amounts = st.integers(min_value=0, max_value=MAX_MINOR_UNITS)


@given(amounts, payable)
def test_major_units_lose_nothing(amount_cents: int, currency: str) -> None:
    amount = major_units(amount_cents, currency)
    assert amount.as_tuple().exponent == -exponent(currency)
    assert int(amount * 10 ** exponent(currency)) == amount_cents


@given(amounts, payable)
def test_every_amount_fits_numeric_20_4_as_bronze_has_it(amount_cents: int, currency: str) -> None:
    amount = major_units(amount_cents, currency)
    assert amount == amount.quantize(Decimal("0.0001"))
    assert amount < 10**16


@pytest.mark.parametrize(
    ("amount_cents", "currency", "amount"),
    [
        (1500, "USD", "15.00"),
        (1500, "JPY", "1500"),
        (1500, "KWD", "1.500"),
        (500, "ISK", "5.00"),
        (500, "UGX", "5.00"),
        (1045, "HUF", "10.45"),
        (1045, "TWD", "10.45"),
        (100, "MGA", "100"),
        (0, "EUR", "0.00"),
    ],
)
def test_stripes_decimals_decide(amount_cents: int, currency: str, amount: str) -> None:
    assert str(major_units(amount_cents, currency)) == amount


@pytest.mark.parametrize("currency", ["ABC", "US", "USDT", "usd", "XAU", "XTS"])
def test_what_nobody_can_pay_with_is_refused(currency: str) -> None:
    with pytest.raises(NormalizationError, match=r"^data\.object\.currency: "):
        major_units(1, currency)


@pytest.mark.parametrize("amount_cents", [-1, MAX_MINOR_UNITS + 1])
def test_an_amount_that_bronze_cannot_hold_is_refused(amount_cents: int) -> None:
    with pytest.raises(NormalizationError, match=r"^data\.object\.amount: "):
        major_units(amount_cents, "USD")
