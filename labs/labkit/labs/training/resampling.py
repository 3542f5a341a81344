"""Exercise 5: how sure is a difference? Draw the customers again, and see how it varies."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.spec import Passed
from services.training.metrics import SAMPLES, estimate, mean, weights_by_customer

Column = NDArray[np.float64]
CUSTOMERS: Final = 80
EACH: Final = 16
ROWS: Final = 0.4
NARROW: Final = 0.75
WIDE: Final = 1.3


def check(attempt: Attempt) -> Passed:
    """Ask for intervals of a mean, where a customer's payments are alike; compare widths with the real service's."""
    attempt.written()
    rng = np.random.default_rng(12)
    worth = rng.normal(1.0, 1.0, CUSTOMERS)
    customers = np.repeat([f"cus_{number:03}" for number in range(CUSTOMERS)], EACH)
    asked = Asked(mean(np.repeat(worth, EACH)))
    found = [attempt(asked, customers.copy(), seed) for seed in (1, 1, 2)]
    for one in found:
        if mistake := _of_shape(one, asked):
            raise WrongAnswerError(mistake)
    (low, high), again, other = (tuple(map(float, one)) for one in found)
    if (low, high) != again:
        raise WrongAnswerError("the same seed gave two intervals: `np.random.default_rng(seed)` makes it repeatable")
    if (low, high) == other:
        raise WrongAnswerError("two seeds gave the same interval: it is not the seed that the customers are drawn by")
    theirs = estimate(asked.measure, weights_by_customer(customers.astype(object), 1))
    ratio = (high - low) / (theirs.high - theirs.low)
    if mistake := _of_width(ratio) or _of_place(low, high, theirs.value):
        raise WrongAnswerError(mistake)
    return Passed(
        "customers are drawn, with all of their payments, and 95 in 100 differences lie within",
        {
            "yours": f"{low:.3f} to {high:.3f}",
            "the real service's": f"{theirs.low:.3f} to {theirs.high:.3f}",
            "customers": f"{CUSTOMERS}, with {EACH} payments each",
        },
    )


class Asked:
    """A measure that counts how often it is asked."""

    def __init__(self, measure: Callable[[Column], float]) -> None:
        """Take the measure."""
        self.measure = measure
        self.times = 0

    def __call__(self, weights: Column) -> float:
        """Return the measure under these weights, one per payment."""
        self.times += 1
        return self.measure(weights)


def _of_shape(found: object, asked: Asked) -> str | None:
    try:
        low, high = (float(one) for one in found)  # type: ignore[attr-defined] # whatever it is
    except (TypeError, ValueError):
        return f"`interval` returned a {type(found).__name__}; asked for were two numbers, the lower and the upper end"
    if asked.times < SAMPLES / 4:
        return f"the difference was measured {asked.times} times: too few to know how it varies"
    return f"the interval goes from {low:.2f} to {high:.2f}, backwards or nowhere" if low >= high else None


def _of_width(ratio: float) -> str | None:
    if ratio < ROWS:
        return (
            f"your interval is {ratio:.2f} times as wide as it should be: payments were drawn one by one, and those of "
            "one customer are alike. Sixteen times the same opinion is one opinion"
        )
    if ratio < NARROW:
        return f"your interval is {ratio:.2f} times as wide as it should be: the middle 95 of 100 go from 2.5 to 97.5"
    return (
        f"your interval is {ratio:.2f} times as wide as it should be: the extremes are chance" if ratio > WIDE else None
    )


def _of_place(low: float, high: float, value: float) -> str | None:
    return None if low < value < high else f"the difference is {value:.2f}, and the interval does not hold it"
