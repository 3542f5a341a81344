"""What a notebook goes on with where an exercise is not written yet: the reference, marked as such."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from labkit.attempt import is_stub
from labkit.errors import NotAttemptedError

Function = Callable[..., Any]


def with_fallback(answer: Function, reference: Callable[[], Function], tell: Callable[[], object]) -> Function:
    """Return the learner's function or class; as long as it is a stub, the reference stands in.

    Args:
        answer: What the learner wrote, `async` or not; a class is taken whole, so it is decided at once.
        reference: Makes the reference.
        tell: Called once, when the reference first stands in.
    """
    if isinstance(answer, type):
        if not is_stub(answer):
            return answer
        tell()
        return reference()
    once = functools.cache(tell)
    if inspect.iscoroutinefunction(answer):

        @functools.wraps(answer)
        async def awaited(*args: object, **kwargs: object) -> object:
            try:
                return await answer(*args, **kwargs)
            except NotAttemptedError:
                once()
                return await reference()(*args, **kwargs)

        return awaited

    @functools.wraps(answer)
    def called(*args: object, **kwargs: object) -> object:
        try:
            return answer(*args, **kwargs)
        except NotAttemptedError:
            once()
            return reference()(*args, **kwargs)

    return called
