"""Timestamps as text, four to a row: put together from parts that are formatted once."""

from datetime import date
from functools import cache
from typing import Final

_MINUTE_MS: Final = 60_000
_MINUTES_A_DAY: Final = 24 * 60
_MINUTES: Final = tuple(f" {minute // 60:02}:{minute % 60:02}:" for minute in range(_MINUTES_A_DAY))
_SECONDS: Final = tuple(f"{second:02}" for second in range(60))
_FRACTIONS: Final = tuple(f".{milliseconds:03}+00" for milliseconds in range(1_000))
_EPOCH: Final = date(1970, 1, 1).toordinal()


def text(at_ms: int) -> str:
    """Return milliseconds since 1970 as `2026-11-01 06:00:00.042+00`."""
    minutes, milliseconds = divmod(at_ms, _MINUTE_MS)
    day, minute = divmod(minutes, _MINUTES_A_DAY)
    return f"{_day(day)}{_MINUTES[minute]}{_SECONDS[milliseconds // 1_000]}{_FRACTIONS[milliseconds % 1_000]}"


@cache
def _day(days: int) -> str:
    return date.fromordinal(_EPOCH + days).isoformat()
