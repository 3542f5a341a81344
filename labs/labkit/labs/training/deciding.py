"""Exercise 4: from which score on is a payment stopped? From where it costs least."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.training import past
from labkit.labs.training.fitting import scored
from labkit.spec import Passed
from services.training import costs

Column = NDArray[np.float64]
CLOSE: Final = 1.01


@dataclass(frozen=True)
class Case:
    """A few payments, and what to say to whom the cheapest score is not clear."""

    scores: Sequence[float]
    frauds: Sequence[bool]
    amounts_usd: Sequence[float]
    mistake: str


NOBODY: Final = [False, False, False]
CASES: Final = (
    Case(
        [0.4, 0.35, 0.3, 0.2],
        [False, False, True, False],
        [10, 10, 900, 10],
        "a fraud of 900 dollars goes through, because two coffees would have been stopped with it",
    ),
    Case(
        [0.9, 0.6, 0.5],
        [True, False, True],
        [500, 4000, 5],
        "an honest wedding of 4 000 dollars is stopped, to catch a fraud of 5",
    ),
    Case([0.3, 0.2, 0.1], NOBODY, [50, 50, 50], "nobody is a fraud, and somebody is stopped"),
    Case(
        [0.8, 0.8, 0.8, 0.1],
        [True, False, False, False],
        [100, 20, 20, 900],
        "three payments have the same score, one of them a fraud of 100 dollars: all three are to be stopped, for 11",
    ),
)


def check(attempt: Attempt) -> Passed:
    """Try a few payments, then the real model's validation part, against the cheapest there is."""
    attempt.written()
    answers = []
    for case in CASES:
        scores, frauds, amounts = np.array(case.scores), np.array(case.frauds), np.array(case.amounts_usd, dtype=float)
        found = attempt(scores.copy(), frauds.copy(), amounts.copy())
        if isinstance(found, bool) or not isinstance(found, float | np.floating):
            raise WrongAnswerError(f"`threshold` returned a {type(found).__name__}; asked for was a score, a `float`")
        answers.append((float(found), case, cost(float(found), scores, frauds, amounts), best(scores, frauds, amounts)))
    if len({found for found, *_ in answers}) == 1:
        raise WrongAnswerError(f"it is always {answers[0][0]:g}: a habit, which has asked nobody what a mistake costs")
    for _, case, own, least in answers:
        if own > least:
            raise WrongAnswerError(f"{case.mistake}: {own:.0f} dollars, and {least:.0f} would have done")
    return _on_the_validation_part(attempt)


def _on_the_validation_part(attempt: Attempt) -> Passed:
    made = past.examples_of("fraud")
    model = past.trained("fraud")
    validate, test = made.validate, made.test
    scores = scored(model, validate.features)
    found = float(attempt(scores.copy(), validate.labels.copy(), validate.amounts_usd.copy()))
    own, least = (cost(one, scores, validate.labels, validate.amounts_usd) for one in (found, None))
    if own > least * CLOSE:
        raise WrongAnswerError(
            f"on the real validation part your threshold costs {own:.0f} dollars, the cheapest {least:.0f}: every "
            "score that occurs is a candidate"
        )
    on_test = scored(model, test.features)
    per = {
        name: cost(one, on_test, test.labels, test.amounts_usd) / len(test.labels)
        for name, one in (("yours", found), ("0.5", 0.5), ("never", 2.0), ("always", 0.0))
    }
    return Passed(
        "from this score on it is cheaper to stop a payment than to let it go",
        {"threshold": f"{found:.3f}"}
        | {f"{name}, on the test": f"{one:.2f} dollars a payment" for name, one in per.items()},
    )


def cost(threshold: float | None, scores: Column, frauds: NDArray[np.bool_], amounts_usd: Column) -> float:
    """Return what stopping from this score on costs in US dollars; None is for the cheapest score."""
    if threshold is None:
        return best(scores, frauds, amounts_usd)
    return float(costs.fraud(scores >= threshold, frauds, amounts_usd).sum())


def best(scores: Column, frauds: NDArray[np.bool_], amounts_usd: Column) -> float:
    """Return what the cheapest threshold costs in US dollars."""
    found = costs.best_threshold("fraud", scores, frauds, amounts_usd)
    return float(costs.fraud(scores >= found, frauds, amounts_usd).sum())
