"""Amounts in every kind of currency, and what can be wrong with a learner's `major_units`. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from services.normalizer.errors import NormalizationError


@dataclass(frozen=True)
class Price:
    """What Stripe sends, what it is in major units, and what is peculiar about the currency."""

    amount_cents: int
    currency: str
    amount: Decimal
    why: str


PRICES: Final = (
    Price(1_999, "USD", Decimal("19.99"), "a dollar has 100 cents"),
    Price(4_200, "JPY", Decimal(4_200), "JPY has no decimals: the amount is in major units already"),
    Price(13_370, "KWD", Decimal("13.370"), "KWD has three decimals"),
    Price(4_200, "MGA", Decimal(4_200), "MGA has two decimals in ISO 4217, and none at Stripe"),
    Price(500, "ISK", Decimal("5.00"), "ISK has none in ISO 4217, and two at Stripe"),
    Price(500, "UGX", Decimal("5.00"), "UGX has none in ISO 4217, and two at Stripe"),
    Price(10_000, "HUF", Decimal("100.00"), "HUF has two; only its payouts have none"),
    Price(9_007_199_254_740_993, "USD", Decimal("90071992547409.93"), "beyond 2^53 a float has no room for every cent"),
)
UNKNOWN: Final = "XQQ"


def mistake(major_units: Callable[[int, str], Any]) -> str | None:
    """Return what is wrong with it, None if nothing is."""
    for price in PRICES:
        try:
            found = major_units(price.amount_cents, price.currency)
        except Exception as error:  # noqa: BLE001 - whatever a learner's code raises
            return f"for {price.currency}, `major_units` raised {type(error).__name__}; {price.why}"
        if message := _wrong(found, price):
            return message
    return _unknown(major_units)


def _wrong(found: object, price: Price) -> str | None:
    if isinstance(found, float):
        return "`major_units` returned a float, and 19.99 has no exact binary form; calculate in `Decimal` throughout"
    if not isinstance(found, Decimal):
        return f"`major_units` returned a {type(found).__name__}; asked for is a `Decimal`"
    if found == price.amount:
        return None
    if abs(found - price.amount) < Decimal("0.01"):
        return f"{price.amount_cents} {price.currency} came out as {found:.20f}…: somewhere on the way it was a float"
    return f"{price.amount_cents} {price.currency} came out as {found}; it is {price.amount}: {price.why}"


def _unknown(major_units: Callable[[int, str], Any]) -> str | None:
    try:
        found = major_units(100, UNKNOWN)
    except NormalizationError as error:
        if UNKNOWN in str(error):
            return f"the error quotes the value, '{UNKNOWN}': its message goes into a header that many people read"
        return None
    except Exception as error:  # noqa: BLE001 - as above
        name = type(error).__name__
        return f"for an unknown code, `major_units` raised {name}; raise NormalizationError, with field and reason"
    return f"100 {UNKNOWN} came out as {found}; there is no such currency, and a guess is worse than a dead letter"
