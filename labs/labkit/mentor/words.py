"""What the terminal and the page say in the same words."""

from datetime import datetime

from labkit.mentor.learners import Learner, Standing, passed

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def lasting(seconds: float) -> str:
    """Return a time at work: `40 s`, `12 min`, `1 h 5 min`."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < _MINUTE else f"{minutes // 60} h {minutes % 60} min"


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago something was: `now`, `12 min ago`, `3 days ago`."""
    seconds = (now - then).total_seconds()
    if seconds < _MINUTE:
        return "now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR:.0f} h ago"
    return f"{seconds // _DAY:.0f} days ago"


def place(learner: Learner) -> str:
    """Return the exercise that a learner is at, or that the lab is done."""
    return learner.here.exercise if learner.here else "done" if learner.done else "begun"


def share(learner: Learner) -> str:
    """Return how many exercises of the present lab are passed."""
    standings = learner.labs[learner.lab]
    return f"{sum(map(passed, standings))} of {len(standings)}"


def hint(here: Standing | None) -> str:
    """Return which hint a learner has seen last, of how many."""
    return f"{here.hints} of {here.ladder}" if here and here.hints else ""
