"""What a lab consists of, as data: its exercises with their hints and checks, and what it needs to run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec

from labkit.attempt import Attempt
from labkit.errors import LabError


@dataclass(frozen=True)
class Passed:
    """What a check saw when the answer was right, and where."""

    message: str
    evidence: Mapping[str, str] = field(default_factory=dict)


Check = Callable[[Attempt], Passed]


def later(module: str) -> Check:
    """Return the check of a module that is imported when the check is made: Feast or MLflow take seconds to import."""

    def check(attempt: Attempt) -> Passed:
        made: Passed = import_module(module).check(attempt)
        return made

    return check


@dataclass(frozen=True)
class Exercise:
    """One function that the learner writes.

    Args:
        name: The function's name, and the name that `check`, `hint` and `solution` take.
        title: What it does, in a few words.
        hints: A ladder: each says more than the one before.
        check: Asks the servers; returns `Passed` or raises a `CheckError`.
    """

    name: str
    title: str
    hints: tuple[str, ...]
    check: Check


class Begins(StrEnum):
    """What a platform holds when a lab begins, for whoever comes to it by `lakehouse lab start`."""

    EMPTY = "nothing"
    PAYMENTS = "some hundred payments on their whole way, from the gateway to the marts"


@dataclass(frozen=True)
class LabSpec:
    """One lab.

    Args:
        name: `NN_name`, as the notebook is called.
        title: What it is about, in a few words.
        minutes: A learner's time.
        memory_mib: What its servers and its kernel take together.
        servers: Names of `platform/servers.toml`; what they need comes with them.
        exercises: In the notebook's order.
        objectives: What the learner can do afterwards; each completes "you can …".
        started_by_hand: Those of `servers` that the lab's own cells start, so that `labkit.start` leaves them alone.
        begins_with: What `lakehouse lab start` puts on the platform. The lab itself must run on any platform.
        lacks: Returns what the lab needs besides servers and is not on this machine, with the command that brings it.
    """

    name: str
    title: str
    minutes: int
    memory_mib: int
    servers: tuple[str, ...]
    exercises: tuple[Exercise, ...]
    objectives: tuple[str, ...] = ()
    started_by_hand: tuple[str, ...] = ()
    begins_with: Begins = Begins.EMPTY
    lacks: Callable[[], str] = str  # which returns an empty string: nothing

    def exercise(self, name: str) -> Exercise:
        """Return an exercise. Raises `LabError` naming those that exist."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        names = ", ".join(exercise.name for exercise in self.exercises)
        raise LabError(f"{self.name} has no exercise {name!r}; it has {names}")


def load(name: str) -> LabSpec:
    """Return the lab `NN_name`, which is defined in `labkit.labs.name`. Raises `LabError` where there is none."""
    module = f"labkit.labs.{name.partition('_')[2]}"
    if find_spec(module) is None:
        raise LabError(f"there is no lab {name!r}: {module} does not exist")
    spec: LabSpec = import_module(module).LAB
    return spec
