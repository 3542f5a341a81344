"""How a check ends when it does not pass. Each error says whose turn it is, so that nobody debugs the wrong thing."""

from collections.abc import Mapping
from typing import ClassVar, NoReturn

from labkit.outcome import Fault, Outcome
from services.contracts.errors import LakehouseError


class NotAttemptedError(LakehouseError):
    """The learner has not written this exercise yet: the stub raises it."""


def todo() -> NoReturn:
    """Mark an exercise as not written yet. It is the body of every stub."""
    raise NotAttemptedError("not attempted yet")


class CheckError(LakehouseError):
    """A check that did not pass.

    Args:
        message: What was expected and what was found where. Never a payload or a secret.
        try_next: One thing to try; of a wrong answer, by default the exercise's next hint.
        evidence: Where it was looked up: topic and offset, snapshot id, row.
    """

    outcome: ClassVar[Outcome] = Outcome.COULD_NOT_CHECK
    fault: ClassVar[Fault]

    def __init__(self, message: str, *, try_next: str = "", evidence: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.try_next = try_next
        self.evidence = dict(evidence or {})

    def __str__(self) -> str:
        return f"{self.message}\n→ {self.try_next}" if self.try_next else self.message


class WrongAnswerError(CheckError):
    """The platform works, the learner's code does not do what was asked."""

    outcome = Outcome.FAILED
    fault = Fault.CODE


class ServerDownError(CheckError):
    """A server that the check needs does not answer."""

    fault = Fault.SERVER


class StaleStateError(CheckError):
    """The servers hold something other than what this notebook believes, such as after a reset."""

    fault = Fault.STATE


class OutOfOrderError(CheckError):
    """A cell above has not been run in this kernel."""

    fault = Fault.ORDER


class LabError(CheckError):
    """The lab itself is broken: not the learner's fault."""

    fault = Fault.LAB


class QueryRefusedError(LabError):
    """Trino understood that a query is faulty. Where the query is a learner's, its check says so instead."""
