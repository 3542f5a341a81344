"""How thieves pay.

To learn: a burst of payments on one account, at unusual merchants and for unusual amounts, with a card that the account
never had, from another country, more often prepaid, and refused more often. Each sign alone also occurs honestly.
The proof comes late and not always: a warning after days, a dispute after weeks.

The thief's way of working is a `Tactics`; the drift replaces one by another (`drift.py`).
"""

import random
from collections.abc import Sequence
from typing import Final

import msgspec

from services.simulator.behaviour import failures
from services.simulator.chance import DAY_S, HOUR_S
from services.simulator.population import Merchant
from services.simulator.story import Failure

THEFT_RATE: Final = 0.005
"""How often, per payment of a customer, thieves get at the account before the next one."""
OWN_CARD_RATE: Final = 0.35
"""How often the thief has the customer's own card; otherwise they add one that is stolen elsewhere."""
NOTICED_AFTER_S: Final = (1 * HOUR_S, 2 * DAY_S)
"""The customer's bank blocks their own card some time between; attempts after that fail as `stolen_card`."""

REFUSED_RATE: Final = 0.3
REFUSALS: Final = (
    (failures.DO_NOT_HONOR, 0.5),
    (failures.STOLEN_CARD, 0.2),
    (failures.INCORRECT_CVC, 0.2),
    (failures.INSUFFICIENT_FUNDS, 0.1),
)


class Tactics(msgspec.Struct, frozen=True):
    """How thieves work: how many payments within which time, for how many times the merchant's typical amount."""

    payments: tuple[int, int]
    within_s: int
    amount_factor: tuple[float, float]
    foreign_rate: float
    prepaid_rate: float


LARGE_AND_FOREIGN: Final = Tactics((3, 7), 6 * HOUR_S, (2.0, 8.0), foreign_rate=0.85, prepaid_rate=0.6)
SMALL_AND_DOMESTIC: Final = Tactics((6, 14), 2 * DAY_S, (0.1, 0.5), foreign_rate=0.08, prepaid_rate=0.3)

CARD_COUNTRIES: Final = ("BR", "NG", "RU", "VN", "US", "GB", "RO", "ID")
"""Where stolen cards and thieves come from, when they do not come from the customer's own country."""


def times(tactics: Tactics, at: int, rng: random.Random) -> list[int]:
    """Return when the thief pays, from `at` on, earliest first."""
    return sorted(at + rng.randrange(tactics.within_s) for _ in range(rng.randint(*tactics.payments)))


def merchant_for(merchants: Sequence[Merchant], rng: random.Random) -> Merchant:
    """Return where the thief pays: rather where goods are easy to sell on."""
    return rng.choices(merchants, [merchant.fraud_exposure for merchant in merchants])[0]


def country(tactics: Tactics, home: str, rng: random.Random) -> str:
    """Return where the thief's card and computer are from."""
    return rng.choice(CARD_COUNTRIES) if rng.random() < tactics.foreign_rate else home


def funding(tactics: Tactics, rng: random.Random) -> str:
    """Return the kind of card that the thief brings along."""
    return "prepaid" if rng.random() < tactics.prepaid_rate else rng.choice(("credit", "debit"))


def refusal(rng: random.Random) -> Failure | None:
    """Return why the bank refuses the thief; None if it does not."""
    if rng.random() >= REFUSED_RATE:
        return None
    return rng.choices([failure for failure, _ in REFUSALS], [share for _, share in REFUSALS])[0]
