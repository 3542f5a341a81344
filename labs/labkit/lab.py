"""The object that a notebook calls `lab`: it knows the exercises, what was written so far, and how to check it."""

import functools
import types
from collections.abc import Callable, Mapping
from typing import Any

import stamina
from IPython.core.getipython import get_ipython
from IPython.display import display as _display

from labkit import source
from labkit.attempt import Attempt
from labkit.errors import CheckError, NotAttemptedError, OutOfOrderError
from labkit.outcome import Fault, Outcome, Verdict
from labkit.panel import Panel, Tone
from labkit.platform import Platform
from labkit.progress import Progress, progress_file
from labkit.results import Results
from labkit.spec import Exercise, LabSpec, load
from services.contracts.settings import platform_env_file

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
        """Wire the parts; `start` does it for a notebook, whose global `names` it passes."""
        self.spec = spec
        self.platform = Platform()
        self._progress = progress
        self._results = results
        self._show = show
        self._names = names if names is not None else {}
        self._written: dict[str, Function] = {}

    def exercise(self, name: str) -> Callable[[Function], Function]:
        """Register the decorated function as the answer to an exercise.

        The function that remains is the learner's; as long as it is not written, the reference stands in and says so.
        """
        exercise = self.spec.exercise(name)

        def register(function: Function) -> Function:
            self._written[name] = function
            return self._with_fallback(exercise, function)

        return register

    def check(self, name: str) -> Verdict:
        """Ask the servers whether an exercise is solved, and keep the outcome."""
        exercise = self.spec.exercise(name)
        verdict = self._verdict(exercise)
        self._progress.record(self.spec.name, name, verdict.outcome)
        self._results.record(name, verdict)
        return verdict

    def hint(self, name: str) -> Panel:
        """Return the next hint: each call says more than the one before."""
        hints = self.spec.exercise(name).hints
        index = self._progress.next_hint(self.spec.name, name, len(hints))
        last = (f"That was the last; `lab.solution('{name}')` shows one.",) * (index + 1 == len(hints))
        return Panel(f"{name}: hint {index + 1} of {len(hints)}", Tone.INFO, lines=(hints[index], *last))

    def solution(self, name: str) -> Panel:
        """Return the reference solution, to read. Writing your own first teaches more."""
        exercise = self.spec.exercise(name)
        return Panel(f"{name}: one solution", Tone.QUIET, code=source.solution(self.spec.name, exercise.name))

    def reset(self, name: str) -> Panel:
        """Forget the outcome and the hints of an exercise, and return its stub to paste."""
        exercise = self.spec.exercise(name)
        self._progress.forget(self.spec.name, name)
        self._written.pop(name, None)
        stub = source.stub(self.spec.name, exercise.name)
        return Panel(f"{name}: forgotten", Tone.QUIET, lines=("Start over from here:",), code=stub)

    def progress(self) -> Panel:
        """Return how far this lab has come, restarts included."""
        entries = self._progress.of(self.spec.name)
        outcomes = {e.name: entries.get(e.name, {}).get("outcome", Outcome.NOT_ATTEMPTED) for e in self.spec.exercises}
        passed = sum(outcome == Outcome.PASSED for outcome in outcomes.values())
        rows = [(e.name, e.title, outcomes[e.name].replace("_", " ")) for e in self.spec.exercises]
        return Panel(
            f"{self.spec.name}: {passed} of {len(rows)} exercises passed",
            Tone.GOOD if passed == len(rows) else Tone.INFO,
            table=(("exercise", "what", "outcome"), *rows),
        )

    def header(self) -> Panel:
        """Return what this lab is, what it takes, and which catalog is in use."""
        facts: Mapping[str, str] = {
            "your time": f"about {self.spec.minutes} minutes",
            "servers": ", ".join(self.spec.servers),
            "memory": f"{self.spec.memory_mib / 1024:.0f} GiB",
            "catalog in use": self.platform.catalog(),
        }
        return Panel(f"Lab {self.spec.name[:2]} · {self.spec.title}", facts=facts)

    def _verdict(self, exercise: Exercise) -> Verdict:
        verdict = functools.partial(Verdict, exercise.name)
        try:
            passed = exercise.check(Attempt(exercise.name, self._newest(exercise.name)))
        except NotAttemptedError:
            return verdict(Outcome.NOT_ATTEMPTED, f"`{exercise.name}` is still the stub; `lab.hint` helps.")
        except CheckError as error:
            return _verdict_of(exercise, error)
        except Exception as error:  # noqa: BLE001 - whatever breaks a check is shown, and is not the learner's fault
            if not platform_env_file().exists():
                start = "run the cell that starts the platform, then this one again."
                return _verdict_of(exercise, OutOfOrderError("the platform was never started here", try_next=start))
            message = f"the check itself broke with {type(error).__name__}: {error}"
            return verdict(Outcome.COULD_NOT_CHECK, message, fault=Fault.LAB)
        return verdict(Outcome.PASSED, passed.message, evidence=passed.evidence)

    def _newest(self, name: str) -> Function:
        """Return the learner's function. Raises `OutOfOrderError` if none or an older one is registered."""
        if _is_plain(self._names.get(name)):
            raise OutOfOrderError(
                f'your newest `{name}` lacks `@lab.exercise("{name}")`',
                try_next="write that line above its `def`, run that cell, then this one again.",
            )
        if name not in self._written:
            raise OutOfOrderError(
                f"the cell that defines `{name}` has not been run in this kernel",
                try_next="run that cell, then this one again.",
            )
        return self._written[name]

    def _with_fallback(self, exercise: Exercise, function: Function) -> Function:
        told = False

        @functools.wraps(function)
        def learners_or_reference(*args: object, **kwargs: object) -> object:
            nonlocal told
            try:
                return function(*args, **kwargs)
            except NotAttemptedError:
                if not told:
                    told = True
                    text = f"`{exercise.name}` is not written yet: the reference solution stands in for now."
                    self._show(Panel("not attempted, using the reference", Tone.WARNING, lines=(text,)))
                return source.reference(self.spec.name, exercise.name)(*args, **kwargs)

        return learners_or_reference


def _is_plain(found: object) -> bool:
    """Tell whether this is a function that no `Lab.exercise` has wrapped."""
    return isinstance(found, types.FunctionType) and not hasattr(found, "__wrapped__")


def _verdict_of(exercise: Exercise, error: CheckError) -> Verdict:
    return Verdict(exercise.name, error.outcome, error.message, error.fault, error.try_next, error.evidence)


def start(name: str) -> Lab:
    """Begin or resume a lab in this kernel and show its header. Raises `LabError` for a lab that does not exist."""
    spec = load(name)
    results = Results.of_this_run(exercise.name for exercise in spec.exercises)
    stamina.instrumentation.set_on_retry_hooks([])  # its log would stand in the middle of a cell's output
    shell = get_ipython()
    names = shell.user_ns if shell else None
    lab = Lab(spec, progress=Progress(progress_file()), results=results, names=names)
    display(lab.header())
    return lab
