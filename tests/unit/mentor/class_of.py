"""Made-up logs for tests, written as a notebook would write them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from labkit.outcome import Outcome
from labkit.progress import Event, Kind

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LAB = "03_normalizer"


def event(minute: float, kind: Kind, exercise: str = "", outcome: Outcome | None = None, message: str = "") -> Event:
    """An event in lab 03, so many minutes after nine."""
    return Event((NINE + timedelta(minutes=minute)).isoformat(), LAB, kind, exercise, outcome, message)


def wrong(minute: float, exercise: str, message: str) -> tuple[Event, Event]:
    """An attempt that a check refused."""
    failed = event(minute, Kind.OUTCOME, exercise, Outcome.FAILED, message)
    return event(minute, Kind.ATTEMPTED, exercise), failed


def right(minute: float, exercise: str) -> tuple[Event, Event]:
    """An attempt that passed."""
    return event(minute, Kind.ATTEMPTED, exercise), event(minute, Kind.OUTCOME, exercise, Outcome.PASSED)


def write(path: Path, *events: Event) -> None:
    """Write a learner's log."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in events))
