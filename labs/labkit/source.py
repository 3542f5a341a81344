"""The one source of a lab: `solutions/NN_name.py`, percent format, nbgrader's markers around what a learner writes.

    # %%
    @lab.exercise("sign")
    def sign(payload: bytes) -> str:
        ### BEGIN SOLUTION
        return …
        ### END SOLUTION

A cell with an exercise imports what it needs, so that its reference also runs alone, in a notebook left unsolved.
"""

import ast
import linecache
import re
import sys
from collections.abc import Callable, Iterator, Sequence
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
_TITLE = re.compile(r"^# # Lab \d\d · (.+)$", re.MULTILINE)
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


def outline(path: Path) -> tuple[str, Sequence[str]]:
    """Return a lab's title and its exercises' names, without the seconds that importing its checks would take."""
    text = path.read_text(encoding="utf-8")
    title = _TITLE.search(text)
    return title.group(1) if title else path.stem, _EXERCISE.findall(text)


def names(lab: str) -> frozenset[str]:
    """Return the names that a lab's cells define at the top level."""
    statements = ast.parse(path_of(lab).read_text(encoding="utf-8")).body
    return frozenset(name for statement in statements for name in _defined(statement))


def _defined(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
        case _:
            stored = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
            yield from (node.id for node in stored if isinstance(node.ctx, ast.Store))


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


def reference(lab: str, exercise: str, *, stub: bool = False) -> Callable[..., Any]:
    """Return the reference solution as a function or class; or, for a test of a check, its stub."""
    # A class asks which module it is of; that of a notebook's is `__main__`, and so is a reference's.
    namespace: dict[str, Any] = {"__name__": "__main__", "lab": _Reference, "labkit": sys.modules["labkit"]}
    cell = _cell(lab, exercise)
    text = stubbed(cell) if stub else solved(cell)
    # Under a name of its own its text can be found again, as that of a notebook's cell can: kfp sends it elsewhere.
    name = f"<{lab}:{exercise}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec"), namespace)  # noqa: S102 - our own source, the solved notebook's
    answer: Callable[..., Any] = namespace[exercise]
    return answer
