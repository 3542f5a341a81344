"""Who pays whom: customers with their cards, and merchants. The same seed makes the same people, run after run.

Everybody is made from the seed and a number alone: customer 42 is the same person among 60 and among 60 000.
"""

import random
import zlib
from functools import cache, lru_cache
from typing import Final

import msgspec
from faker import Faker

from services.simulator.chance import DAY_S, dice
from services.simulator.ids import stripe_id

MARKETS: Final = (
    ("US", "usd", 4_200),
    ("US", "usd", 4_200),
    ("US", "usd", 4_200),
    ("DE", "eur", 3_900),
    ("FR", "eur", 3_900),
    ("GB", "gbp", 3_400),
    ("JP", "jpy", 4_200),
    ("KW", "kwd", 13_000),
)
"""Country, its currency, and a typical purchase in its smallest unit: 42 dollars, 4 200 yen, 13 Kuwaiti dinars."""

CATEGORIES: Final = (
    ("groceries", 0.8, 0.3, 0.02),
    ("fashion", 1.5, 0.8, 0.14),
    ("electronics", 4.0, 2.5, 0.06),
    ("digital_goods", 0.4, 2.0, 0.02),
    ("travel", 6.0, 1.2, 0.09),
    ("meal_kits", 1.2, 0.3, 0.03),
    ("streaming", 0.3, 0.5, 0.01),
)
"""What a merchant sells, its prices as multiples of the typical purchase, how much thieves like it, its refund rate."""

HABITS: Final = (("subscription", 0.3, (7, 30)), ("regular", 0.4, (4, 10)), ("occasional", 0.3, (15, 40)))
"""A kind of customer, its share, and the days between two of its payments, from … to."""

MERCHANTS: Final = 32
SHORT_OF_CASH_SHARE: Final = 0.15
PAYDAYS: Final = (1, 1, 15, 25)
BRANDS: Final = ("visa", "visa", "visa", "mastercard", "mastercard", "amex", "discover")
FUNDINGS: Final = ("credit", "credit", "debit", "debit", "prepaid")
CARD_LIFE_MONTHS: Final = 48
_MONTH_S: Final = 365.25 * DAY_S / 12


class Card(msgspec.Struct, frozen=True, gc=False):
    """A card as Stripe shows it: never its number. Brand and country together stand for the bank that issued it."""

    id: str
    fingerprint: str
    brand: str
    last4: str
    country: str
    funding: str
    exp_month: int
    exp_year: int


class Merchant(msgspec.Struct, frozen=True, gc=False):
    """A connected account.

    Hidden from the platform: `quality` (0 to 1), `fraud_exposure` (a weight), and `refund_rate`, which shows in time.
    """

    id: str
    category: str
    country: str
    currency: str
    typical_amount: int
    fraud_exposure: float
    refund_rate: float
    quality: float
    captures_later: bool


class Customer(msgspec.Struct, frozen=True, gc=False):
    """A customer. All but id and country is hidden from the platform; it shows in what they do.

    `cadence_s` is the time between two payments, `spend` multiplies a merchant's typical amount, `payday` is a day of
    the month. Their bank renews their card every four years, in the month `card_renewal` of these 48.
    """

    id: str
    number: int
    country: str
    currency: str
    habit: str
    cadence_s: int
    spend: float
    short_of_cash: bool
    payday: int
    card_brand: str
    card_funding: str
    card_renewal: int


class Population:
    """Everybody there is."""

    def __init__(self, seed: int) -> None:
        """Use this seed for all of them."""
        self._seed = seed
        self.merchants = tuple(_merchant(seed, number) for number in range(MERCHANTS))

    def customer(self, number: int) -> Customer:
        """Return the customer of this number, from 0."""
        rng = dice("customer", self._seed, number)
        country, currency, _ = rng.choice(MARKETS)
        habit, _, days = rng.choices(HABITS, [share for _, share, _ in HABITS])[0]
        # Subscriptions renew by the week or by the month, nothing between.
        cadence_days = rng.choice(days) if habit == "subscription" else rng.uniform(*days)
        return Customer(
            id=stripe_id("cus", self._seed, number),
            number=number,
            country=country,
            currency=currency,
            habit=habit,
            cadence_s=int(cadence_days * DAY_S),
            spend=rng.lognormvariate(0, 0.4),
            short_of_cash=rng.random() < SHORT_OF_CASH_SHARE,
            payday=rng.choice(PAYDAYS),
            card_brand=rng.choice(BRANDS),
            card_funding=rng.choice(FUNDINGS),
            card_renewal=rng.randrange(CARD_LIFE_MONTHS),
        )

    def card(self, customer: Customer, at: int, replacement: int = 0) -> Card:
        """Return the card that the customer's bank has issued for this time (seconds since 1970).

        `replacement` counts the new ones that they got before their time, after a loss or a theft.
        """
        month = _month(at)
        expires = month + (customer.card_renewal - month) % CARD_LIFE_MONTHS
        words = ("card", self._seed, customer.number, expires, replacement)
        return new_card(customer.country, customer.card_brand, customer.card_funding, expires, *words)

    def stolen_card(self, country: str, funding: str, at: int, *theft: object) -> Card:
        """Return a card that a thief brings along; no customer of ours has it."""
        rng = dice("stolen", self._seed, *theft)
        expires = _month(at) + rng.randint(3, CARD_LIFE_MONTHS)
        return new_card(country, rng.choice(BRANDS), funding, expires, "stolen", self._seed, *theft)


def new_card(country: str, brand: str, funding: str, expires: int, *words: object) -> Card:
    """Return a card with the id and the last digits that these words give. `expires` counts months since 1970."""
    card_id = stripe_id("pm", *words)
    return Card(
        id=card_id,
        fingerprint=card_id[11:],
        brand=brand,
        last4=f"{zlib.crc32(card_id.encode()) % 10_000:04}",
        country=country,
        funding=funding,
        exp_month=expires % 12 + 1,
        exp_year=1970 + expires // 12,
    )


def expired(card: Card, at: int) -> bool:
    """Say whether the month on the card is over."""
    return _month(at) > (card.exp_year - 1970) * 12 + card.exp_month - 1


@lru_cache(maxsize=10_000)
def name_and_email(customer_id: str) -> tuple[str, str]:
    """Return what a customer is called. Made up when asked for: a history of a million events never asks."""
    faker = _faker()
    faker.seed_instance(customer_id)
    return faker.name(), faker.safe_email()


@cache
def _faker() -> Faker:
    return Faker()


def _month(at: int) -> int:
    return int(at / _MONTH_S)


def _merchant(seed: int, number: int) -> Merchant:
    rng = dice("merchant", seed, number)
    country, currency, typical_amount = MARKETS[number % len(MARKETS)]
    category, price, fraud_exposure, refund_rate = CATEGORIES[number % len(CATEGORIES)]
    return Merchant(
        id=stripe_id("acct", seed, number),
        category=category,
        country=country,
        currency=currency,
        typical_amount=round(typical_amount * price),
        fraud_exposure=fraud_exposure,
        refund_rate=refund_rate * rng.uniform(0.7, 1.4),
        quality=_quality(rng),
        captures_later=number % 5 == 4,  # noqa: PLR2004 - one merchant in five
    )


def _quality(rng: random.Random) -> float:
    return rng.betavariate(4, 2)
