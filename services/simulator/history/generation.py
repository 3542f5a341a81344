"""A history as bytes: the same seed, number, end and drift give the same, whenever and wherever they are made."""

import hashlib
import itertools
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec

from services.contracts.events import PROVIDER
from services.simulator.behaviour.drift import drift_at
from services.simulator.chance import DAY_S, dice
from services.simulator.history.clock import Clock
from services.simulator.history.rows import in_bronze, row
from services.simulator.story import Step
from services.simulator.world import World

DEFAULT_END: Final = datetime(2026, 11, 1, tzinfo=UTC)
"""Fixed, so that the default history is the same on every day."""
DAYS: Final = 180
ROWS_PER_CUSTOMER_AND_DAY: Final = 0.35
"""Measured."""
ROWS_PER_CHUNK: Final = 500


class History(msgspec.Struct, frozen=True):
    """What a history is made of. `end` is aware; `drift_day` is a number from 1 or a date, None means no drift."""

    events: int
    seed: int
    end: datetime = DEFAULT_END
    drift_day: str | None = None
    days: int = DAYS

    @property
    def begins_at(self) -> int:
        """The first second, counted from 1970."""
        return int(self.end.timestamp()) - self.days * DAY_S

    @property
    def run_id(self) -> str:
        """What the ids hang on: everything that makes this history another than the next."""
        words = f"{self.events}/{self.seed}/{self.begins_at}/{self.drift_day}/{self.days}"
        return f"history-{hashlib.sha256(words.encode()).hexdigest()}"

    def steps(self) -> Iterator[Step]:
        """Yield the steps that become rows, earliest first, as many as were asked for; the last is before `end`."""
        expected = self.events / (ROWS_PER_CUSTOMER_AND_DAY * self.days)
        # A few too many customers, so that the number is reached before the end: chance weighs more where they are few.
        customers = math.ceil(expected * 1.03 + math.sqrt(expected)) + 2
        changes_at = None if self.drift_day is None else drift_at(self.drift_day, self.begins_at)
        world = World(self.seed, self.run_id, self.begins_at, customers, changes_at)
        return itertools.islice(filter(in_bronze, world.steps()), self.events)

    def chunks(self) -> Iterator[bytes]:
        """Yield the rows in PostgreSQL's COPY text format, some hundred at a time."""
        clock = Clock(dice("clock", self.seed))
        lines = (row(step, clock) for step in self.steps())
        while chunk := "".join(itertools.islice(lines, ROWS_PER_CHUNK)):
            yield chunk.encode()

    def first_event_id(self) -> str:
        """Return the platform-wide id of the first row."""
        return f"{PROVIDER}:{next(self.steps()).event_id}"
