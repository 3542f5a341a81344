"""How many decimals an amount from Stripe has, and what it is in major units."""

from decimal import Decimal
from typing import Final

import iso4217

from services.normalizer.errors import NormalizationError

MAX_MINOR_UNITS: Final = 10**16 - 1
"""The bronze column `amount` keeps 16 digits before the point, and a zero-decimal amount needs them all."""

STRIPE_EXPONENTS: Final = {
    # Zero-decimal: the amount is in major units. (MGA has 2 decimals in ISO 4217: one ariary is five iraimbilanja.)
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "JPY": 0, "KMF": 0, "KRW": 0, "MGA": 0,
    "PYG": 0, "RWF": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    # Three-decimal; Stripe asks for a last digit of 0.
    "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3,
    # Zero-decimal in ISO 4217, yet Stripe sends two decimals, always 00: 5 krónur are 500. UGX is also in Stripe's list
    # of zero-decimal currencies; its "special cases" overrule that list.
    "ISK": 2, "UGX": 2,
    # Zero-decimal for payouts only; payments have two decimals.
    "HUF": 2, "TWD": 2,
}  # fmt: skip
"""Stripe's own decimals per currency. Source: https://docs.stripe.com/currencies, "Zero-decimal currencies",
"Three-decimal currencies" and "Special cases"."""

ISO_EXPONENTS: Final = {currency.code: currency.exponent for currency in iso4217.Currency}
"""Decimals per ISO 4217 code; None for codes that are no money to pay with, such as gold (XAU) or the test code XTS."""


def exponent(currency: str) -> int:
    """Return the decimals of a currency (upper-case ISO 4217 code) in Stripe's amounts.

    Raises:
        NormalizationError: the code is not in ISO 4217, or has no smallest unit.
    """
    field = "data.object.currency"
    if currency not in ISO_EXPONENTS:
        raise NormalizationError(field, "is not an ISO 4217 code")
    decimals = STRIPE_EXPONENTS.get(currency, ISO_EXPONENTS[currency])
    if decimals is None:
        raise NormalizationError(field, "is an ISO 4217 code without a smallest unit")
    return decimals


def major_units(amount_cents: int, currency: str) -> Decimal:
    """Return the exact amount in major units: 1500 is 15.00 in USD, 1500 in JPY and 1.500 in KWD.

    Args:
        amount_cents: the integer that Stripe sends, in the currency's smallest unit.
        currency: upper-case ISO 4217 code.

    Raises:
        NormalizationError: an unknown currency, or an amount that is negative or beyond what bronze holds.
    """
    decimals = exponent(currency)
    if not 0 <= amount_cents <= MAX_MINOR_UNITS:
        raise NormalizationError("data.object.amount", f"must be from 0 to {MAX_MINOR_UNITS}")
    return Decimal(amount_cents).scaleb(-decimals)
