"""Calling a learner's function where raising is one of the right answers: what it did, as a value."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from labkit.errors import NotAttemptedError
from services.gateway.errors import SignatureError


@dataclass(frozen=True)
class Tried:
    """What a call led to: `returned`, or a refusal, or another exception."""

    returned: Any = None
    refused: SignatureError | None = None
    raised: Exception | None = None


def call(function: Callable[..., Any], *args: object) -> Tried:
    """Call it. Raises `NotAttemptedError` for a stub, and nothing else."""
    try:
        return Tried(returned=function(*args))
    except NotAttemptedError:
        raise
    except SignatureError as error:
        return Tried(refused=error)
    except Exception as error:  # noqa: BLE001 - whatever a learner's code raises is what the check finds out
        return Tried(raised=error)
