"""What can be wrong with a fallback: how it takes a model that is quick, slow, away, or refuses what it was sent."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import aiohttp

from services.orchestrator.errors import RequestRefusedError
from services.orchestrator.fallback import SCORE
from services.orchestrator.messages import Score

LIMIT_S: Final = 1.0
LATE_S: Final = 1.6
QUICK: Final = Score(0.12, "low", "lab-05")
Ask = Callable[[], Awaitable[Score]]
_HANGS_S: Final = 30
EXPECTED: Final = (TimeoutError, aiohttp.ClientError, RequestRefusedError)


async def quick() -> Score:
    """A model that answers."""
    return QUICK


async def slow() -> Score:
    """A model that hangs."""
    await asyncio.sleep(_HANGS_S)
    return QUICK


async def away() -> Score:
    """A model that nobody serves."""
    raise aiohttp.ClientConnectionError("refused")


async def refuses() -> Score:
    """A model that does not take what it was sent."""
    raise RequestRefusedError("inference answered 422 to /fraud/score")


async def mistake(score: Callable[[Ask], Awaitable[Any]]) -> str | None:  # noqa: PLR0911 - one for each mistake
    """Return what is wrong with a fallback, None if nothing is."""
    found = await score(quick)
    if not isinstance(found, Score):
        return f"the model answered, and `score_or_fallback` returned a {type(found).__name__}; asked for is a Score"
    if found != QUICK:
        return "the model answered, and its answer was not returned as it is"
    started = time.monotonic()
    try:
        found = await asyncio.wait_for(score(slow), LATE_S)
    except TimeoutError:
        return _not_in_time(time.monotonic() - started)
    if wrong := _not_the_fallback(found, "the model hangs"):
        return wrong
    try:
        found = await score(away)
    except aiohttp.ClientConnectionError as error:
        return f"nobody listens, and {type(error).__name__} came through: not only a TimeoutError means that it is gone"
    if wrong := _not_the_fallback(found, "nobody listens"):
        return wrong
    try:
        await score(refuses)
    except RequestRefusedError:
        return None
    return "a 422 became a fallback: the request is wrong, which is ours to mend; let RequestRefusedError through"


def _not_in_time(waited_s: float) -> str:
    if waited_s < LATE_S:
        return "the model hangs, and a TimeoutError came through; catch it and return the fallback"
    return f"the model hangs, and there was no answer within {LATE_S:g} s; give up after {LIMIT_S:g} s"


def _not_the_fallback(found: object, when: str) -> str | None:
    if not isinstance(found, Score):
        return f"{when}, and the answer is a {type(found).__name__}; asked for is a Score"
    if found.model_version != SCORE.model_version:
        return (
            f"{when}, and the score says that {found.model_version!r} made it: nobody could find it and score it again"
        )
    if found != SCORE:
        return f"{when}, and the fallback is {found.score:g} {found.risk_level}, not {SCORE.score:g} {SCORE.risk_level}"
    return None
