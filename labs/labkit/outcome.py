"""The four ways a check can end, and whose fault it is when it does not pass."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from labkit.frontend import Button
from labkit.panel import Panel, Tone


class Outcome(StrEnum):
    """The result of one check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not_attempted"
    COULD_NOT_CHECK = "could_not_check"


class Fault(StrEnum):
    """Where to look when a check did not pass."""

    CODE = "your code"
    SERVER = "a server that is down"
    STATE = "stale state"
    ORDER = "a cell run out of order"
    LAB = "the lab itself (not you)"


_TITLES = {
    Outcome.PASSED: (Tone.GOOD, "✔ passed"),
    Outcome.FAILED: (Tone.BAD, "✘ failed"),
    Outcome.NOT_ATTEMPTED: (Tone.QUIET, "○ not attempted"),
    Outcome.COULD_NOT_CHECK: (Tone.WARNING, "? could not check"),
}
_COULD_NOT = {Fault.SERVER: "? platform problem", Fault.STATE: "? stale state", Fault.ORDER: "? cells out of order"}


@dataclass(frozen=True)
class Verdict:
    """What one check found. Shown by Jupyter as a panel when it is the last value of a cell.

    Args:
        exercise: Its name.
        outcome: How the check ended.
        message: What was expected, and what was found where.
        fault: Whose turn it is, where it did not pass.
        try_next: One thing to try.
        evidence: Where it was looked up: topic and offset, snapshot id, row.
        log: The last lines of what is down.
    """

    exercise: str
    outcome: Outcome
    message: str
    fault: Fault | None = None
    try_next: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    log: str = ""

    def panel(self) -> Panel:
        """Return the verdict as a panel for a learner."""
        tone, words = _TITLES[self.outcome]
        if self.outcome is Outcome.COULD_NOT_CHECK and self.fault:
            words = _COULD_NOT.get(self.fault, words)
        lines = [self.message]
        if self.fault:
            lines.append(f"Where to look: {self.fault}.")
        if self.try_next:
            lines.append(f"Try: {self.try_next}")
        return Panel(
            title=f"{self.exercise}: {words}",
            tone=tone,
            lines=tuple(lines),
            facts=self.evidence,
            code=self.log,
            buttons=self._buttons(),
        )

    def _buttons(self) -> tuple[Button, ...]:
        solution = f'lab.solution("{self.exercise}")'
        if self.outcome is Outcome.PASSED:
            return (Button("One solution", solution),)
        if self.outcome is Outcome.COULD_NOT_CHECK:
            return (Button("Check again"),)
        return (
            Button("Check again"),
            Button("Hint", f'lab.hint("{self.exercise}")'),
            Button("Solution", solution),
            Button("Start over", f'lab.reset("{self.exercise}")'),
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return self.panel().bundle()
