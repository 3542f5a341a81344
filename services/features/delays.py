"""Features of a delay before a failed payment is tried again: when it would be, and which usual paydays lie between."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]

PAYDAYS: Final = {"passes_first": 1, "passes_fifteenth": 15, "passes_25th": 25}
"""Days of the month on which wages are usually paid."""


def delay_features(occurred_at_s: Column, delay_s: Column) -> dict[str, Column]:
    """Return the features of trying again `delay_s` seconds after the failure; shapes (payments,) all."""
    now, then = (seconds.astype("datetime64[s]") for seconds in (occurred_at_s, occurred_at_s + delay_s))
    return {
        "log_delay_s": np.log(np.maximum(delay_s, 1.0)),
        "day_of_month_then": _day_of_month(then),
        "hour_of_day_then": np.floor((occurred_at_s + delay_s) % 86_400 / 3_600),
        **{
            name: (_paydays_until(then, day) > _paydays_until(now, day)).astype(np.float64)
            for name, day in PAYDAYS.items()
        },
    }


def _day_of_month(moments: NDArray[np.datetime64]) -> Column:
    within: Column = (moments.astype("datetime64[D]") - moments.astype("datetime64[M]")).astype(np.float64)
    return within + 1


def _paydays_until(moments: NDArray[np.datetime64], day: int) -> Column:
    """Return how many such days of a month there have been since 1970."""
    months: Column = moments.astype("datetime64[M]").astype(np.int64).astype(np.float64)
    return months + (_day_of_month(moments) >= day)
