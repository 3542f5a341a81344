"""The learner's function as a check sees it: whatever it raises is the learner's to mend, and is said so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from labkit.errors import NotAttemptedError, WrongAnswerError


@dataclass(frozen=True)
class Attempt:
    """An exercise's function, called by its check."""

    name: str
    function: Callable[..., Any]

    def __call__(self, *args: object) -> Any:  # noqa: ANN401 - what a learner returns is what the check finds out
        """Call it. Raises `NotAttemptedError` for a stub, `WrongAnswerError` where the function raises."""
        try:
            return self.function(*args)
        except NotAttemptedError:
            raise
        except Exception as error:
            message = str(error)
            for secret in (argument for argument in args if isinstance(argument, str)):
                message = message.replace(secret, "…")
            raise WrongAnswerError(
                f"`{self.name}` raised {type(error).__name__}: {message}",
                try_next=f"call `{self.name}` in a cell of its own and read the traceback from the bottom up.",
            ) from error
