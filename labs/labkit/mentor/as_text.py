"""A class at a terminal, as tables."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from rich.table import Table
from rich.text import Text

from labkit.mentor import words
from labkit.mentor.learners import Learner
from labkit.mentor.mistakes import Mistake

MISTAKES: Final = 10


def people(learners: Sequence[Learner], now: datetime) -> Table:
    """Return who is where: those first who may need somebody."""
    table = Table(title=f"{len(learners)} learners", title_justify="left", box=None)
    for name in ("learner", "lab", "passed", "exercise"):
        table.add_column(name, overflow="fold")
    for name in ("at it", "tries", "hint"):
        table.add_column(name, justify="right")
    table.add_column("seen")
    for one in sorted(learners, key=lambda learner: (not learner.stuck, learner.name)):
        here = one.here
        cells = (one.name, one.lab, words.share(one), words.place(one))
        numbers = (words.lasting(here.active_s), str(here.tries)) if here else ("", "")
        table.add_row(*cells, *numbers, words.hint(here), words.ago(one.last, now), style="yellow" if one.stuck else "")
    return table


def errors(mistakes: Sequence[Mistake]) -> Table:
    """Return the wrong answers that most gave."""
    table = Table(title="Common wrong answers", title_justify="left", box=None)
    table.add_column("learners", justify="right")
    table.add_column("times", justify="right")
    table.add_column("exercise", overflow="fold")
    table.add_column("the check said", overflow="fold")
    for one in mistakes[:MISTAKES]:
        # Text, not markup: what a check says may hold brackets.
        table.add_row(str(one.learners), str(one.times), f"{one.lab[:2]} {one.exercise}", Text(one.message))
    return table
