"""The wrong answers of a lab, as `tests/labs/name/wrong_answers.py` catalogues them (see labs/README.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from labkit import source

Answer = Callable[..., Any]

LABS = sorted(path.stem for path in source.SOLUTIONS.glob("[0-9][0-9]_*.py"))


@dataclass(frozen=True)
class Catalogue:
    """What one lab's authors wrote down: wrong answers with the part of the message that each gets, and right ones."""

    wrong: Mapping[str, Mapping[str, tuple[Answer, str]]]
    right: Mapping[str, Mapping[str, Answer]] = field(default_factory=dict)
    prepare: Callable[[], object] = lambda: None

    def parts(self, exercise: str) -> set[str]:
        """Return the parts of messages by which an exercise's mistakes are told apart."""
        return {part for _, part in self.wrong.get(exercise, {}).values()}


@cache
def of(lab: str) -> Catalogue:
    """Return the catalogue of the lab `NN_name`."""
    name = f"tests.labs.{lab.partition('_')[2]}.wrong_answers"
    if not (source.REPOSITORY / f"{name.replace('.', '/')}.py").exists():
        return Catalogue({})
    module = import_module(name)
    return Catalogue(module.WRONG, getattr(module, "RIGHT", {}), getattr(module, "prepare", lambda: None))
