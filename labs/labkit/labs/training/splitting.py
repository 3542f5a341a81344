"""Exercise 1: to learn from the past and be judged by the future, with a gap for what was not known yet."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Final

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.training import past
from labkit.spec import Passed

HORIZON: Final = timedelta(days=30)
BEGINS: Final = datetime(2026, 6, 1, tzinfo=UTC)
ENDS: Final = BEGINS + timedelta(days=30)
DAY: Final = timedelta(days=1)
PARTS: Final = ("train", "test", None)
CASES: Final = (
    (BEGINS - 60 * DAY, "train", "a payment of two months before the test is not learnt from"),
    (BEGINS + DAY, "test", "a payment of the test's second day is not of the test"),
    (
        BEGINS - DAY,
        None,
        (
            "a payment of the day before the test is learnt from: whether it was fraud is known a month later, when "
            "the test is nearly over. There has to be a gap, as long as the horizon"
        ),
    ),
    (
        BEGINS - HORIZON,
        None,
        "a payment whose label is complete at the test's first moment is learnt from: *before* it, was asked for",
    ),
    (BEGINS - HORIZON - DAY, "train", "a payment is left out whose label was known a day before the test"),
    (BEGINS, "test", "a payment of the very moment at which the test begins is not in it"),
    (ENDS, None, "a payment of the very moment at which the test ends is in it"),
    (ENDS + DAY, None, "a payment of after the test is used: its label is not complete yet"),
)


def check(attempt: Attempt) -> Passed:
    """Try moments that are told by hand, then all payments of the past."""
    attempt.written()
    for at, right, mistake in CASES:
        found = attempt(at, BEGINS, ENDS, HORIZON)
        if found not in PARTS:
            raise WrongAnswerError(f"`part_of` returned {found!r}; there are 'train', 'test' and None")
        if found != right:
            raise WrongAnswerError(mistake)
    split = past.examples_of("fraud").split
    moments = past.facts()["occurred_at"].to_pylist()
    counts = Counter(attempt(at, split.test, split.tested, HORIZON) for at in moments)
    return Passed(
        "nothing that is learnt from was unknown when the test began",
        {
            "to learn from": f"{counts['train']} facts, until {split.test - HORIZON:%d %B}",
            "to judge by": f"{counts['test']} facts, {split.test:%d %B} to {split.tested:%d %B}",
            "in the gap, or too young": str(counts[None]),
        },
    )
