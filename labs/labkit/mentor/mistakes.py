"""Which wrong answers are common: messages of checks, alike but for ids and numbers, counted over a class."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from labkit.mentor.logs import Log
from labkit.outcome import Outcome
from labkit.progress import Kind

# What differs from one attempt at the same mistake to the next.
_VARYING: Final = re.compile(r"(?:stripe:)?\w+_[0-9A-Za-z]{8,}|\b[0-9a-f]{8,}(?:-[0-9a-f]+)*\b|\d+(?:[.,:]\d+)*")


@dataclass(frozen=True)
class Mistake:
    """One wrong answer: what the check said of it (one example), to how many learners, and how often in all."""

    lab: str
    exercise: str
    message: str
    learners: int
    times: int


def common(logs: Iterable[Log]) -> list[Mistake]:
    """Return every wrong answer, those first that most learners gave."""
    said: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for log in logs:
        for event in log.events:
            if event.event is Kind.OUTCOME and event.outcome is Outcome.FAILED and event.message:
                key = (event.lab, event.exercise, _VARYING.sub("…", event.message))
                said[key].append((log.learner, event.message))
    mistakes = [
        Mistake(lab, exercise, told[0][1], learners=len({learner for learner, _ in told}), times=len(told))
        for (lab, exercise, _), told in said.items()
    ]
    return sorted(mistakes, key=lambda one: (-one.learners, -one.times, one.lab, one.exercise, one.message))
