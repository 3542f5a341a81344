"""The day on which behaviour changes.

To learn: a model that was good before it is not good after it. Thieves go from few large foreign payments to many small
domestic ones, which the old signs do not show; and one bank refuses far more often, so that retries and churn shift
too. Without `--drift-day` nothing changes.
"""

from datetime import UTC, datetime
from typing import Final

import msgspec

from services.simulator.behaviour.fraud import LARGE_AND_FOREIGN, SMALL_AND_DOMESTIC, Tactics
from services.simulator.chance import DAY_S
from services.simulator.population import Card

BANK: Final = ("mastercard", "US")
"""Brand and country of the cards whose bank changes."""
BANK_REFUSALS: Final = 8.0
"""How many times the usual rate of `do_not_honor` it has then."""


class Regime(msgspec.Struct, frozen=True):
    """How the world works for a while."""

    tactics: Tactics
    bank_refusals: float


BEFORE: Final = Regime(LARGE_AND_FOREIGN, 1.0)
AFTER: Final = Regime(SMALL_AND_DOMESTIC, BANK_REFUSALS)


def drift_at(day: str, begins_at: int) -> int:
    """Return when behaviour changes, in seconds since 1970.

    Args:
        day: the number of a day, of which the first is 1, or a date as `2026-09-01` (UTC).
        begins_at: when the first day begins, in seconds since 1970.

    Raises:
        ValueError: `day` is neither.
    """
    if day.isdecimal() and int(day):
        return begins_at + (int(day) - 1) * DAY_S
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def regime(at: int, drift_at: int | None) -> Regime:
    """Return how the world works at this time; both in seconds since 1970."""
    return BEFORE if drift_at is None or at < drift_at else AFTER


def refusals(card: Card, current: Regime) -> float:
    """Return how many times the usual rate the card's bank refuses."""
    return current.bank_refusals if (card.brand, card.country) == BANK else 1.0
