"""Where each learner of a class stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from labkit.errors import LabError
from labkit.mentor.logs import Log
from labkit.outcome import Outcome
from labkit.progress import Entry, fold
from labkit.spec import LabSpec, load

# Longer at one exercise, or more often wrong, and somebody had better look over the learner's shoulder.
STUCK_AFTER_S: Final = 15 * 60
STUCK_AFTER_TRIES: Final = 4


class Mark(StrEnum):
    """How one learner did one exercise."""

    ALONE = "passed"
    HINTS = "passed with hints"
    SOLUTION = "passed after the solution"
    TRYING = "tried, not passed"
    OPEN = "not attempted"


@dataclass(frozen=True)
class Standing:
    """One exercise of one learner. `hints` is how many were taken, of how many there are."""

    exercise: str
    mark: Mark
    tries: int
    hints: int
    ladder: int
    active_s: float


@dataclass(frozen=True)
class Learner:
    """One learner: where they are, and all that they did, by lab.

    Args:
        name: As the log's file is called.
        lab: The lab of the last event.
        here: The exercise that they are at; None once the lab is done, or before its first exercise.
        last: When they did something last.
        labs: Every exercise of every lab that was begun, in the course's order.
    """

    name: str
    lab: str
    here: Standing | None
    last: datetime
    labs: Mapping[str, Sequence[Standing]]

    @property
    def done(self) -> bool:
        """Whether every exercise of the present lab is passed."""
        return bool(self.labs[self.lab]) and all(passed(one) for one in self.labs[self.lab])

    @property
    def stuck(self) -> bool:
        """Whether the present exercise takes long, or many tries."""
        here = self.here
        return here is not None and (here.active_s > STUCK_AFTER_S or here.tries >= STUCK_AFTER_TRIES)

    def hours(self) -> float:
        """Return the time at work, in hours, over all exercises."""
        return sum(one.active_s for standings in self.labs.values() for one in standings) / 3600


def passed(one: Standing) -> bool:
    """Tell whether an exercise is passed."""
    return one.mark in (Mark.ALONE, Mark.HINTS, Mark.SOLUTION)


def of(log: Log) -> Learner:
    """Return where a learner stands, by their log."""
    labs = {lab: _standings(log, lab) for lab in sorted({event.lab for event in log.events})}
    last = log.events[-1]
    return Learner(log.learner, last.lab, _here(labs[last.lab], last.exercise), log.last, labs)


def _here(standings: Sequence[Standing], exercise: str) -> Standing | None:
    """Return the exercise of the last event; where that is passed, the next that is not."""
    names = [one.exercise for one in standings]
    first = names.index(exercise) if exercise in names else 0
    ahead = [*standings[first:], *standings[:first]]
    return next((one for one in ahead if not passed(one)), None)


def _standings(log: Log, lab: str) -> list[Standing]:
    entries, active = fold(event for event in log.events if event.lab == lab), log.active_s()
    spec = _spec(lab)
    ladders = {one.name: len(one.hints) for one in spec.exercises} if spec else dict.fromkeys(entries, 0)
    return [
        Standing(
            exercise=name,
            mark=_mark(entries.get(name, Entry())),
            tries=entries.get(name, Entry()).tries,
            hints=min(entries.get(name, Entry()).hints, ladder),
            ladder=ladder,
            active_s=active.get((lab, name), 0.0),
        )
        for name, ladder in ladders.items()
    ]


def _spec(lab: str) -> LabSpec | None:
    """Return a lab, None for one that this version of the course does not have."""
    try:
        return load(lab)
    except LabError:
        return None


def _mark(entry: Entry) -> Mark:
    if entry.outcome is Outcome.PASSED:
        return Mark.SOLUTION if entry.solution_seen else Mark.HINTS if entry.hints else Mark.ALONE
    return Mark.TRYING if entry.tries or entry.hints or entry.solution_seen else Mark.OPEN
