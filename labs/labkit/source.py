"""The one source of a lab: `solutions/NN_name.py`, percent format, nbgrader's markers around what a learner writes.

    # %%
    @lab.exercise("sign")
    def sign(payload: bytes) -> str:
        ### BEGIN SOLUTION
        return …
        ### END SOLUTION

A cell with an exercise imports what it needs, so that its reference also runs alone, in a notebook left unsolved.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labkit import notebooks
from labkit.errors import LabError
from services.contracts.settings import REPOSITORY

SOLUTIONS = REPOSITORY / "solutions"
LABS = REPOSITORY / "labs"

_SOLUTION = re.compile(r"^(?P<indent> *)### BEGIN SOLUTION\n.*?^ *### END SOLUTION$", re.DOTALL | re.MULTILINE)
_MARKER = re.compile(r"^ *### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
_NBVAL = re.compile(r"^# NBVAL_\w+\n", re.MULTILINE)
_LINT = re.compile(r"  # noqa: .*$", re.MULTILINE)
_EXERCISE = re.compile(r'^@lab\.exercise\("(\w+)"\)$', re.MULTILINE)


def path_of(lab: str) -> Path:
    """Return the source of a lab."""
    return SOLUTIONS / f"{lab}.py"


def stubbed(cell: str) -> str:
    """Return a cell as a learner gets it: each solution is one line that marks it as not written yet."""
    stub = _SOLUTION.sub(r"\g<indent>labkit.todo()  # replace this line with your code", cell)
    return _LINT.sub("", _NBVAL.sub("", stub))


def solved(cell: str) -> str:
    """Return a cell with its solution, without the markers and without what only the linter reads."""
    return _LINT.sub("", _MARKER.sub("", cell))


def exercises(path: Path) -> dict[str, str]:
    """Return the cells of a source that define an exercise, markers and all, by the exercise's name."""
    cells = (cell.source for cell in notebooks.read_percent(path).cells if cell.cell_type == "code")
    return {name: cell for cell in cells for name in _EXERCISE.findall(cell)}


def solution(lab: str, exercise: str) -> str:
    """Return the cell of the reference solution. Raises `LabError` where the source has none."""
    return solved(_cell(lab, exercise))


def stub(lab: str, exercise: str) -> str:
    """Return the cell that a learner starts from. Raises `LabError` where the source has none."""
    return stubbed(_cell(lab, exercise))


def _cell(lab: str, exercise: str) -> str:
    found = exercises(path_of(lab))
    if exercise not in found:
        raise LabError(f"solutions/{lab}.py defines no exercise {exercise!r}")
    return found[exercise]


class _Reference:
    """Stands in for `lab` while a reference is defined: registers nothing."""

    @staticmethod
    def exercise(_name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return lambda function: function


def reference(lab: str, exercise: str) -> Callable[..., Any]:
    """Return the reference solution as a function."""
    namespace: dict[str, Any] = {"lab": _Reference}
    exec(solution(lab, exercise), namespace)  # noqa: S102 - our own source, the one the solved notebook is made of
    function: Callable[..., Any] = namespace[exercise]
    return function
