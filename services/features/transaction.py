"""Features of the payment being judged, beside what is known of its customer and merchant. Pure, on whole columns.

Feast calls this for training sets and for online requests alike (`repository.py`).
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from services.features.activity import BLOOM_BITS
from services.features.vocabulary import CARD_BRANDS, CARD_FUNDINGS, CURRENCIES, FAILURE_CODES, codes

Column = NDArray[np.float64]
Columns = Mapping[str, Any]
"""Name → values, one per payment: a data frame, or a dict of sequences."""

HOUR_S: Final = 3_600.0
DAY_S: Final = 86_400.0
LEAST_SPREAD: Final = 0.05


def transaction_features(payments: Columns) -> dict[str, Column]:
    """Return the on-demand features, each an array of shape (payments,), NaN where unknown.

    Args:
        payments: the request's fields (`repository.REQUEST`), and the customer's and merchant's features.
    """
    log_usd = np.log(np.maximum(_numbers(payments["amount_usd_cents"]), 1.0))
    above_usual = log_usd - _numbers(payments["merchant_log_usd_mean"])
    now_s = _numbers(payments["occurred_at_s"])
    since_payment_s = now_s - _numbers(payments["customer_last_payment_at_s"])
    cards = ["-".join(known) for known in _pairs(payments["card_brand"], payments["card_last_four"])]
    card, buyer, home = payments["card_country"], payments["buyer_country"], payments["customer_country"]
    gap_s = _mean_gap_s(payments)
    return {
        "amount_log_usd": log_usd,
        "amount_above_merchants_usual": above_usual,
        "amount_above_merchants_usual_in_spreads": above_usual
        / np.maximum(_numbers(payments["merchant_log_usd_spread"]), LEAST_SPREAD),
        "amount_above_customers_usual": above_usual - _numbers(payments["customer_log_usd_above_usual_90d"]),
        "card_is_settled": _in_mask(cards, payments["customer_card_bits"]),
        "merchant_is_settled": _in_mask(payments["paid_merchant_id"], payments["customer_merchant_bits"]),
        "card_is_foreign": _differ(card, home),
        "buyer_is_away": _differ(buyer, card),
        "buyer_is_foreign": _differ(buyer, home),
        "card_funding_code": codes(payments["card_funding"], CARD_FUNDINGS),
        "card_brand_code": codes(payments["card_brand"], CARD_BRANDS),
        "currency_code": codes(payments["currency"], CURRENCIES),
        "failure_code_code": codes(payments["failure_code"], FAILURE_CODES),
        "attempt_number_now": _numbers(payments["attempt_number"]),
        "hours_since_last_payment": since_payment_s / HOUR_S,
        "hours_since_last_failure": (now_s - _numbers(payments["customer_last_failure_at_s"])) / HOUR_S,
        "days_since_first_seen": (now_s - _numbers(payments["customer_first_seen_at_s"])) / DAY_S,
        "mean_days_between_payments": gap_s / DAY_S,
        "gaps_since_last_payment": since_payment_s / np.maximum(gap_s, HOUR_S),
        "hour_of_day": np.floor(now_s % DAY_S / HOUR_S),
        "day_of_month": _days_of_month(now_s),
    }


def bloom_bits(words: Sequence[object]) -> NDArray[np.int64]:
    """Return each word's bit as `activity.bloom_bit` sets it; 0 for none."""
    return np.array([_bit(word) if isinstance(word, str) else 0 for word in words], dtype=np.int64)


@lru_cache(maxsize=100_000)
def _bit(word: str) -> int:
    return 1 << (int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest()[:8], 16) % BLOOM_BITS)


def _numbers(values: Any) -> Column:  # noqa: ANN401 - a series, an array or a list
    """Return the values as floats, NaN for null."""
    if hasattr(values, "to_numpy"):
        found: Column = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return found
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _pairs(left: Sequence[object], right: Sequence[object]) -> list[list[str]]:
    """Return the texts of each pair, without what is null: as SQL's `concat_ws` does."""
    return [[part for part in pair if isinstance(part, str)] for pair in zip(left, right, strict=True)]


def _in_mask(words: Sequence[object], masks: Any) -> Column:  # noqa: ANN401 - a series, an array or a list
    """Return 1 where the word is in the set, 0 where not, NaN where the set is empty: nothing has settled yet."""
    held = np.array([0 if mask is None or mask != mask else int(mask) for mask in masks], dtype=np.int64)  # noqa: PLR0124 - NaN
    found: Column = np.where(held == 0, np.nan, (held & bloom_bits(words)) != 0)
    return found


def _differ(left: Sequence[object], right: Sequence[object]) -> Column:
    """Return 1 where two texts differ, 0 where not, NaN where one is unknown."""
    return np.array(
        [
            float(one != other) if isinstance(one, str) and isinstance(other, str) else np.nan
            for one, other in zip(left, right, strict=True)
        ],
        dtype=np.float64,
    )


def _mean_gap_s(payments: Columns) -> Column:
    """Return the seconds between two payments, on average; NaN for fewer than two."""
    gaps = _numbers(payments["customer_payments"]) - 1
    span_s = _numbers(payments["customer_last_payment_at_s"]) - _numbers(payments["customer_first_payment_at_s"])
    means: Column = np.divide(span_s, gaps, out=np.full_like(span_s, np.nan), where=gaps > 0)
    return means


def _days_of_month(seconds: Column) -> Column:
    days = seconds.astype("datetime64[s]").astype("datetime64[D]")
    within: Column = (days - days.astype("datetime64[M]")).astype(np.float64)
    return within + 1
