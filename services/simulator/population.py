"""Who pays whom: customers with their cards, and merchants. The same seed makes the same people, run after run."""

import random
from dataclasses import dataclass
from typing import Final

from faker import Faker

from services.simulator.ids import stripe_id

# Country, its currency, and how many smallest units a typical purchase is: 42 dollars, 4 200 yen, 13 Kuwaiti dinars.
_MARKETS: Final = (
    ("US", "usd", 4_200),
    ("US", "usd", 4_200),
    ("US", "usd", 4_200),
    ("DE", "eur", 3_900),
    ("FR", "eur", 3_900),
    ("GB", "gbp", 3_400),
    ("JP", "jpy", 4_200),
    ("KW", "kwd", 13_000),
)
_BRANDS: Final = ("visa", "visa", "visa", "mastercard", "mastercard", "amex", "discover")


@dataclass(frozen=True)
class Card:
    """A card as Stripe shows it: never its number."""

    id: str
    fingerprint: str
    brand: str
    last4: str
    country: str
    funding: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True)
class Customer:
    """A customer. `risk` is hidden from the platform: the chance that a payment of theirs is fraud."""

    id: str
    name: str
    email: str
    country: str
    card: Card
    risk: float


@dataclass(frozen=True)
class Merchant:
    """A connected account. `typical_amount` is in the currency's smallest unit."""

    id: str
    name: str
    country: str
    currency: str
    typical_amount: int
    refund_rate: float


@dataclass(frozen=True)
class Population:
    """Everybody there is."""

    customers: tuple[Customer, ...]
    merchants: tuple[Merchant, ...]


def populate(seed: int, *, customers: int = 60, merchants: int = 8) -> Population:
    """Return the population of this seed."""
    rng = random.Random(f"population/{seed}")  # noqa: S311 - a simulation is to be repeatable
    faker = Faker()
    faker.seed_instance(seed)
    return Population(
        customers=tuple(_customer(seed, number, rng, faker) for number in range(customers)),
        merchants=tuple(_merchant(seed, number, rng, faker) for number in range(merchants)),
    )


def _customer(seed: int, number: int, rng: random.Random, faker: Faker) -> Customer:
    country, _, _ = rng.choice(_MARKETS)
    card = Card(
        id=stripe_id("pm", seed, number),
        fingerprint=stripe_id("fp", seed, number)[3:19],
        brand=rng.choice(_BRANDS),
        last4=f"{rng.randrange(10_000):04}",
        country=country,
        funding=rng.choice(("credit", "credit", "debit", "prepaid")),
        exp_month=rng.randint(1, 12),
        exp_year=rng.randint(2027, 2031),
    )
    return Customer(
        id=stripe_id("cus", seed, number),
        name=faker.name(),
        email=faker.safe_email(),
        country=country,
        card=card,
        risk=0.35 if rng.random() < 0.05 else 0.005,  # noqa: PLR2004 - one customer in twenty
    )


def _merchant(seed: int, number: int, rng: random.Random, faker: Faker) -> Merchant:
    country, currency, typical_amount = _MARKETS[number % len(_MARKETS)]
    return Merchant(
        id=stripe_id("acct", seed, number),
        name=faker.company(),
        country=country,
        currency=currency,
        typical_amount=typical_amount,
        refund_rate=rng.uniform(0.02, 0.15),
    )
