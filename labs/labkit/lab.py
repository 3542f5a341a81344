"""The object that a notebook calls `lab`: it knows the exercises, what was written so far, and how to check it."""

import functools
import types
from collections.abc import Callable, Mapping
from typing import Any

from IPython.display import display as _display

from labkit import source, timeline
from labkit.attempt import Attempt, is_stub
from labkit.checking import Checker
from labkit.errors import OutOfOrderError
from labkit.fallback import with_fallback
from labkit.frontend import Button
from labkit.outcome import Outcome, Verdict
from labkit.panel import Panel, Tone
from labkit.platform import Platform
from labkit.progress import Entry, Kind, Progress
from labkit.results import Results
from labkit.spec import LabSpec

Function = Callable[..., Any]
Show = Callable[[object], object]
display: Show = _display


class Lab:
    """One lab in one kernel."""

    def __init__(
        self,
        spec: LabSpec,
        *,
        progress: Progress,
        results: Results,
        show: Show = display,
        names: Mapping[str, object] | None = None,
    ) -> None:
        """Wire the parts; `labkit.start` does it for a notebook, whose global `names` it passes."""
        self.spec = spec
        self.platform = Platform()
        self._progress = progress
        self._results = results
        self._show = show
        self._names = names if names is not None else {}
        self._written: dict[str, Function] = {}
        self._given: dict[str, Function] = {}
        self._checker = Checker(spec, self._names)

    def exercise(self, name: str) -> Callable[[Function], Function]:
        """Register the decorated function (or class) as the answer to an exercise.

        What remains under its name is the learner's; as long as it is not written, the reference stands in and says so.
        """
        exercise = self.spec.exercise(name)
        text = f"`{name}` is not written yet: the reference solution stands in for now."
        panel = Panel("not attempted, using the reference", Tone.WARNING, lines=(text,))
        reference = functools.partial(source.reference, self.spec.name, exercise.name)

        def register(answer: Function) -> Function:
            self._written[name] = answer
            self._given[name] = with_fallback(answer, reference, lambda: self._show(panel))
            return self._given[name]

        return register

    def check(self, name: str) -> Verdict:
        """Ask the servers whether an exercise is solved, and keep the outcome."""
        exercise = self.spec.exercise(name)
        if name in self._written and not is_stub(self._written[name]):
            self._progress.record(self.spec.name, Kind.ATTEMPTED, name)
        verdict = self._checker.verdict(exercise, lambda: Attempt(name, self._newest(name)))
        said = verdict.message if verdict.fault else ""
        self._progress.record(self.spec.name, Kind.OUTCOME, name, verdict.outcome, said)
        self._results.record(name, verdict)
        return verdict

    def hint(self, name: str) -> Panel:
        """Return the next hint: each call says more than the one before."""
        hints = self.spec.exercise(name).hints
        index = self._progress.next_hint(self.spec.name, name, len(hints))
        last = (f"That was the last; `lab.solution('{name}')` shows one.",) * (index + 1 == len(hints))
        title = f"{name}: hint {index + 1} of {len(hints)}"
        more = Button("Solution", f'lab.solution("{name}")') if last else Button("Next hint", f'lab.hint("{name}")')
        return Panel(title, lines=(hints[index], *last), buttons=(more,))

    def solution(self, name: str) -> Panel:
        """Return the reference solution, to read. Writing your own first teaches more."""
        exercise = self.spec.exercise(name)
        self._progress.record(self.spec.name, Kind.SOLUTION, name)
        code = source.solution(self.spec.name, exercise.name)
        file = f"It is also in `solutions/{self.spec.name}.ipynb`."
        return Panel(f"{name}: one solution", Tone.QUIET, lines=(file,), code=code)

    def reset(self, name: str) -> Panel:
        """Forget the outcome and the hints of an exercise, and return its stub to paste."""
        exercise = self.spec.exercise(name)
        self._progress.record(self.spec.name, Kind.RESET, name)
        self._written.pop(name, None)
        stub = source.stub(self.spec.name, exercise.name)
        into = (Button("Put it into a new cell", stub, run=False),)
        return Panel(f"{name}: forgotten", Tone.QUIET, lines=("Start over from here:",), code=stub, buttons=into)

    def progress(self) -> Panel:
        """Return how far this lab has come, restarts included."""
        entries = self._progress.of(self.spec.name)
        rows = [
            (exercise.name, exercise.title, *_as_words(entries.get(exercise.name, Entry()), len(exercise.hints)))
            for exercise in self.spec.exercises
        ]
        passed = len(self.passed())
        return Panel(
            f"{self.spec.name}: {passed} of {len(rows)} exercises passed",
            Tone.GOOD if passed == len(rows) else Tone.INFO,
            table=(("exercise", "what", "outcome", "help"), *rows),
        )

    @staticmethod
    def trace(event_id: str, *, for_s: float = 0) -> None:
        """Show where one payment is in every system, and follow it for some seconds while it is still on its way."""
        # The clients of six servers take a second to import: only who traces waits for them.
        from stack.journey.bootstrap import trace  # noqa: PLC0415

        timeline.watch(event_id, for_s, trace, timeline.Screen())

    def passed(self) -> tuple[str, ...]:
        """Return the names of the exercises that are passed, restarts included."""
        entries = self._progress.of(self.spec.name)
        return tuple(
            exercise.name
            for exercise in self.spec.exercises
            if exercise.name in entries and entries[exercise.name].outcome is Outcome.PASSED
        )

    def _newest(self, name: str) -> Function:
        """Return the learner's function. Raises `OutOfOrderError` if none or an older one is registered."""
        found = self._names.get(name)
        if _is_plain(found) or (isinstance(found, type) and found is not self._given.get(name)):
            raise OutOfOrderError(
                f'your newest `{name}` lacks `@lab.exercise("{name}")`',
                try_next="write that line above its definition, run that cell, then this one again.",
            )
        if name not in self._written:
            raise OutOfOrderError(
                f"the cell that defines `{name}` has not been run in this kernel",
                try_next="run that cell, then this one again.",
            )
        return self._written[name]


def _is_plain(found: object) -> bool:
    """Tell whether this is a function that no `Lab.exercise` has wrapped."""
    return isinstance(found, types.FunctionType) and not hasattr(found, "__wrapped__")


def _as_words(entry: Entry, ladder: int) -> tuple[str, str]:
    """Return an exercise's outcome, and which help was taken."""
    hints = f"{min(entry.hints, ladder)} of {ladder} hints" if entry.hints else ""
    solution = "solution" if entry.solution_seen else ""
    return entry.outcome.replace("_", " "), ", ".join(filter(None, (hints, solution)))
