"""How hard each exercise was for a class."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from labkit.mentor.learners import Learner, Mark, Standing, passed


@dataclass(frozen=True)
class Difficulty:
    """One exercise, over those learners who touched it. `minutes` is the median of their time at work on it."""

    lab: str
    exercise: str
    touched: int
    passed: int
    minutes: float
    tries: float
    hints: float
    solutions: int


def difficulties(learners: Sequence[Learner]) -> list[Difficulty]:
    """Return every exercise that somebody touched, in the course's order."""
    by_exercise: dict[tuple[str, str], list[Standing]] = {}
    for lab in sorted({lab for learner in learners for lab in learner.labs}):
        for learner in learners:
            for one in learner.labs.get(lab, ()):
                touched = by_exercise.setdefault((lab, one.exercise), [])
                if one.mark is not Mark.OPEN:
                    touched.append(one)
    return [_difficulty(*key, touched) for key, touched in by_exercise.items() if touched]


def _difficulty(lab: str, exercise: str, touched: Sequence[Standing]) -> Difficulty:
    return Difficulty(
        lab=lab,
        exercise=exercise,
        touched=len(touched),
        passed=sum(passed(one) for one in touched),
        minutes=median(one.active_s for one in touched) / 60,
        tries=median(one.tries for one in touched),
        hints=median(one.hints for one in touched),
        solutions=sum(one.mark is Mark.SOLUTION for one in touched),
    )
