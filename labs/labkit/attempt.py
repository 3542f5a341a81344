"""The learner's function as a check sees it: whatever it raises is the learner's to mend, and is said so."""

import inspect
import types
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from labkit.errors import (
    NotAttemptedError,
    OutOfOrderError,
    ServerDownError,
    StaleStateError,
    WrongAnswerError,
    todo,
)

# Not the learner's to mend, wherever in the learner's code they are raised.
_NOT_THEIRS = (NotAttemptedError, ServerDownError, StaleStateError, OutOfOrderError)


def is_stub(answer: object) -> bool:
    """Tell, without running it, whether a function or one of a class's methods still calls `labkit.todo`."""
    if isinstance(answer, type):
        return any(is_stub(member) for member in vars(answer).values())
    function = inspect.unwrap(answer) if callable(answer) else None
    return isinstance(function, types.FunctionType) and todo.__name__ in function.__code__.co_names


@dataclass(frozen=True)
class Attempt:
    """An exercise's function or class, used by its check."""

    name: str
    function: Callable[..., Any]

    def __call__(self, *args: object) -> Any:  # noqa: ANN401 - what a learner returns is what the check finds out
        """Call it; of an `async` function, return what is to be awaited.

        Raises:
            NotAttemptedError: it is a stub.
            WrongAnswerError: it raises. A server that is down, stale state and the like go through.
        """
        try:
            made = self.function(*args)
        except _NOT_THEIRS:
            raise
        except Exception as error:
            raise self._wrong(error, args) from error
        return self._awaited(made, args) if inspect.isawaitable(made) else made

    def written(self) -> Callable[..., Any]:
        """Return the function or class itself, for a check that hands it to a server. Raises `NotAttemptedError`."""
        if is_stub(self.function):
            todo()
        return self.function

    async def _awaited(self, made: Awaitable[Any], args: tuple[object, ...]) -> Any:  # noqa: ANN401 - as above
        try:
            return await made
        except _NOT_THEIRS:
            raise
        except Exception as error:
            raise self._wrong(error, args) from error

    def _wrong(self, error: Exception, args: tuple[object, ...]) -> WrongAnswerError:
        message = str(error)
        for secret in (argument for argument in args if isinstance(argument, str) and argument):
            message = message.replace(secret, "…")
        return WrongAnswerError(
            f"`{self.name}` raised {type(error).__name__}: {message}",
            try_next=f"call `{self.name}` in a cell of its own and read the traceback from the bottom up.",
        )
