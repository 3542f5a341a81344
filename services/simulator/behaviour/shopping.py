"""What a customer buys, where and for how much.

To learn: what is usual for a customer, so that the unusual stands out. Buying abroad and travelling occur without any
fraud, so a foreign card or country alone proves nothing.
"""

import random
from collections.abc import Sequence
from typing import Final

from services.simulator.chance import HOUR_S
from services.simulator.population import MARKETS, Customer, Merchant

FAVOURITES: Final = 4
"""Merchants of the customer's own currency that they come back to."""
ABROAD_RATE: Final = 0.08
TRAVELLING_RATE: Final = 0.06
AMOUNT_SPREAD: Final = 0.45
"""Sigma of the logarithm of the amount around what the customer usually spends there."""
LEAST_AMOUNT: Final = 100
CADENCE_JITTER: Final = {"subscription": 0.0, "regular": 0.35, "occasional": 0.8}
"""Sigma of the logarithm of the time between two payments. A subscription renews to the hour."""


def favourites(customer: Customer, merchants: Sequence[Merchant], rng: random.Random) -> tuple[Merchant, ...]:
    """Return where the customer usually buys; for a subscription, the one merchant that it is with."""
    at_home = [merchant for merchant in merchants if merchant.currency == customer.currency]
    return tuple(rng.sample(at_home, 1 if customer.habit == "subscription" else min(FAVOURITES, len(at_home))))


def merchant_for(
    customer: Customer, favourite: Sequence[Merchant], merchants: Sequence[Merchant], rng: random.Random
) -> Merchant:
    """Return where the customer buys this time."""
    if customer.habit != "subscription" and rng.random() < ABROAD_RATE:
        return rng.choice(merchants)
    return rng.choice(favourite)


def amount(customer: Customer, merchant: Merchant, rng: random.Random) -> int:
    """Return the amount in smallest units; a subscription always costs the same."""
    spread = 0.0 if customer.habit == "subscription" else AMOUNT_SPREAD
    return in_tens(merchant.typical_amount * customer.spend * rng.lognormvariate(0, spread))


def in_tens(smallest_units: float) -> int:
    """Return an amount whose last digit is 0: Stripe takes three-decimal currencies in steps of ten only."""
    return max(LEAST_AMOUNT, int(smallest_units) // 10 * 10)


def ip_country(customer: Customer, rng: random.Random) -> str:
    """Return the country where the buyer is: at home, or now and then on a journey."""
    return rng.choice(MARKETS)[0] if rng.random() < TRAVELLING_RATE else customer.country


def next_visit(customer: Customer, at: int, rng: random.Random) -> int:
    """Return when the customer comes again, if they do."""
    jitter = CADENCE_JITTER[customer.habit]
    factor = rng.lognormvariate(-jitter * jitter / 2, jitter) if jitter else 1.0
    return at + max(HOUR_S, int(customer.cadence_s * factor)) + rng.randrange(HOUR_S)
