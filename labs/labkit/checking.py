"""Running a check, and telling whose fault it is when it does not pass."""

from collections.abc import Callable, Mapping, Sequence

from labkit import health, source
from labkit.attempt import Attempt, is_stub
from labkit.errors import (
    CheckError,
    NotAttemptedError,
    OutOfOrderError,
    ServerDownError,
    StaleStateError,
    WrongAnswerError,
    todo,
)
from labkit.outcome import Fault, Outcome, Verdict
from labkit.spec import Exercise, LabSpec
from services.contracts.settings import platform_env_file
from stack import state_id


class Checker:
    """Checks one lab's exercises. `names` are the notebook's own, as far as its cells were run.

    What the lab's cells made is on the platform as it is now. Once all of that was replaced, no check is made any more.
    """

    def __init__(self, spec: LabSpec, names: Mapping[str, object]) -> None:
        self._spec = spec
        self._names = names
        self._state = state_id.current()

    def verdict(self, exercise: Exercise, attempt: Callable[[], Attempt]) -> Verdict:
        """Run an exercise's check on the learner's attempt; whatever happens ends as a verdict."""
        try:
            passed = exercise.check(self._of_this_state(attempt()))
        except NotAttemptedError:
            message = f"`{exercise.name}` is still the stub; `lab.hint('{exercise.name}')` helps."
            return Verdict(exercise.name, Outcome.NOT_ATTEMPTED, message)
        except WrongAnswerError as error:
            return self._of(exercise, self._missing_cell(error) or error)
        except ServerDownError as error:
            return self._of(exercise, error, log=self._logs())
        except CheckError as error:
            return self._of(exercise, error)
        except Exception as error:  # noqa: BLE001 - whatever breaks a check is shown, and is not the learner's fault
            return self._broken(exercise, error)
        return Verdict(exercise.name, Outcome.PASSED, passed.message, evidence=passed.evidence)

    def _of_this_state(self, attempt: Attempt) -> Attempt:
        """Return the attempt. Raises `StaleStateError` if the platform's data is no more what this kernel knew."""
        if state_id.current() == self._state:
            return attempt
        if is_stub(attempt.function):
            todo()
        raise StaleStateError(
            "the platform was reset, or a snapshot was restored, since this notebook was started: what its cells "
            "made there is gone",
            try_next="select this cell, then Kernel → Restart Kernel and Run up to Selected Cell…, then check again.",
        )

    def _broken(self, exercise: Exercise, error: Exception) -> Verdict:
        """Tell a platform that is not there, or only in part, from a check that is faulty."""
        if not platform_env_file().exists():
            start = "run the cell that starts the platform, then this one again."
            return self._of(exercise, OutOfOrderError("the platform was never started here", try_next=start))
        if down := health.down(self._spec.servers):
            names = ", ".join(server.name for server in down)
            message = f"the check could not be made ({type(error).__name__}), since these are down: {names}"
            return self._of(exercise, ServerDownError(message, try_next=_start(names)), log=_logs(down))
        message = f"the check itself broke with {type(error).__name__}: {error}"
        return Verdict(exercise.name, Outcome.COULD_NOT_CHECK, message, fault=Fault.LAB)

    def _missing_cell(self, error: WrongAnswerError) -> OutOfOrderError | None:
        """Return what to say where the learner's code uses a name of a cell that was not run, else None."""
        cause = error.__cause__
        if not isinstance(cause, NameError) or not cause.name or cause.name in self._names:
            return None
        if cause.name not in source.names(self._spec.name):
            return None
        return OutOfOrderError(
            f"the cell that makes `{cause.name}` has not been run in this kernel",
            try_next="select this cell, then Run → Run All Above Selected Cell, then check again.",
        )

    def _logs(self) -> str:
        return _logs(health.down(self._spec.servers))

    @staticmethod
    def _of(exercise: Exercise, error: CheckError, log: str = "") -> Verdict:
        outcome, message = error.outcome, error.message
        try_next = error.try_next or (f"`lab.hint('{exercise.name}')`" if error.fault is Fault.CODE else "")
        return Verdict(exercise.name, outcome, message, error.fault, try_next, error.evidence, log)


def _logs(servers: Sequence[health.Server]) -> str:
    return "\n".join(server.last_lines() for server in servers)


def _start(names: str) -> str:
    return f"`lab.platform.run('up', '--only', '{names.replace(', ', ',')}')`, then check again."
