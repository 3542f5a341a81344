"""The world: everybody's life, told step by step in the order of time. It never ends; take as much as you need.

An agenda holds what comes next: a step to report, a customer's next visit, a theft, a newcomer. Visits are decided when
they come, because whether somebody comes depends on what happened to them before.
"""

import hashlib
import heapq
from collections.abc import Iterator, Sequence

from services.simulator.behaviour import aftermath, churn, drift, failures, fraud, recovery, shopping
from services.simulator.chance import DAY_S, dice
from services.simulator.population import Card, Customer, Merchant, Population, expired
from services.simulator.story import Failure, Payment, Step
from services.simulator.telling import Circumstances, Story, tell


class _Shopper:
    """A customer as life goes on."""

    __slots__ = ("blocked", "card", "customer", "favourites", "payments", "quality", "replaced_at", "replacements",
                 "seen", "troubles")  # fmt: skip

    def __init__(self, customer: Customer, card: Card, favourites: Sequence[Merchant], *, seen: bool) -> None:
        self.customer = customer
        self.card = card
        self.favourites = favourites
        self.seen = seen
        self.payments = 0
        self.quality = 1.0
        self.troubles: list[tuple[int, float]] = []
        self.blocked: tuple[int, Failure] | None = None
        self.replaced_at = 0
        self.replacements = 0

    def troubles_until(self, at: int) -> float:
        """Return what the customer went through since the last time that they were asked."""
        until = sum(weight for time, weight in self.troubles if time <= at)
        if until:
            self.troubles = [trouble for trouble in self.troubles if trouble[0] > at]
        return until


class _Theft:
    """Thieves get at an account."""

    __slots__ = ("shopper",)

    def __init__(self, shopper: _Shopper) -> None:
        self.shopper = shopper


class World:
    """A simulated world.

    Args:
        seed: decides who there is and how they behave.
        run_id: goes into the ids of payments and events.
        begins_at: seconds since 1970.
        customers: how many there are, always about.
        drift_at: when behaviour changes, in seconds since 1970; None: never.
    """

    def __init__(self, seed: int, run_id: str, begins_at: int, customers: int, drift_at: int | None = None) -> None:
        self._rng = dice("world", seed)
        self._run_id = run_id
        self._drift_at = drift_at
        self._population = Population(seed)
        self._merchants = self._population.merchants
        self._agenda: list[tuple[int, int, Step | _Shopper | _Theft | None]] = []
        self._order = 0
        self._people = 0
        for _ in range(customers):
            shopper = self._shopper(begins_at, seen=True)
            self._plan(begins_at + self._rng.randrange(shopper.customer.cadence_s), shopper)

    def steps(self) -> Iterator[Step]:
        """Yield what happens, earliest first, without end."""
        agenda = self._agenda
        while True:
            at, _, item = heapq.heappop(agenda)
            if isinstance(item, Step):
                yield item
            elif isinstance(item, _Shopper):
                self._visit(item, at)
            elif isinstance(item, _Theft):
                self._theft(item.shopper, at)
            else:
                self._visit(self._shopper(at, seen=False), at)

    def _plan(self, at: int, item: Step | _Shopper | _Theft | None) -> None:
        self._order += 1
        heapq.heappush(self._agenda, (at, self._order, item))

    def _shopper(self, at: int, *, seen: bool) -> _Shopper:
        customer = self._population.customer(self._people)
        self._people += 1
        card = self._population.card(customer, at)
        return _Shopper(customer, card, shopping.favourites(customer, self._merchants, self._rng), seen=seen)

    def _visit(self, shopper: _Shopper, at: int) -> None:
        rng, customer = self._rng, shopper.customer
        if shopper.payments and rng.random() < churn.hazard(
            customer.habit, shopper.quality, shopper.troubles_until(at)
        ):
            self._plan(at + int(rng.expovariate(1 / (churn.REPLACED_AFTER_DAYS * DAY_S))), None)
            return
        merchant = shopping.merchant_for(customer, shopper.favourites, self._merchants, rng)
        cents = shopping.amount(customer, merchant, rng)
        payment = self._payment(shopper, merchant, cents, at, shopping.ip_country(customer, rng))
        story = tell(payment, self._circumstances(shopper, payment), rng)
        self._told(story)
        shopper.quality = merchant.quality
        self._remember(shopper, story, at)
        self._next_visit(shopper, at)

    def _next_visit(self, shopper: _Shopper, at: int) -> None:
        rng = self._rng
        comes_at = shopping.next_visit(shopper.customer, at, rng)
        self._plan(comes_at, shopper)
        thrown = rng.random()
        if thrown < fraud.THEFT_RATE:
            self._plan(rng.randrange(at, comes_at), _Theft(shopper))
        elif thrown < fraud.THEFT_RATE + failures.LOSS_RATE:
            self._block(shopper, comes_at, failures.LOST_CARD)

    def _circumstances(self, shopper: _Shopper, payment: Payment) -> Circumstances:
        """Return how an honest payment goes: the state of the card decides first, then chance."""
        rng, at, customer, merchant = self._rng, payment.created, shopper.customer, payment.merchant
        first_of_customer, shopper.seen = not shopper.seen, True
        card, failure, then = shopper.card, None, None
        if shopper.blocked and shopper.blocked[0] <= at:
            if at < shopper.replaced_at:
                failure = shopper.blocked[1]
            else:
                shopper.blocked = None
                card = shopper.card = self._new_card(shopper, at)
        elif expired(card, at):
            then = self._new_card(shopper, at)
            if rng.random() < failures.UPDATES_AT_CHECKOUT_RATE[customer.habit]:
                card = shopper.card = then
            else:
                failure = failures.EXPIRED_CARD
        if failure is None:
            refusals = drift.refusals(card, drift.regime(at, self._drift_at))
            failure = failures.of_first_attempt(customer, card, refusals, rng)
        clears_at = recovery.clears_at(failure, at, customer.payday, rng) if failure else recovery.NEVER
        if then and clears_at != recovery.NEVER:
            shopper.card = then
        return Circumstances(
            card=card,
            follows=lambda paid_at: aftermath.of_honest_payment(merchant, payment.amount_cents, paid_at, rng),
            failure=failure,
            clears_at=clears_at,
            card_then=then,
            first_of_customer=first_of_customer,
        )

    def _theft(self, shopper: _Shopper, at: int) -> None:
        """Let thieves pay on the customer's account, with the customer's card or with one of their own."""
        rng, home = self._rng, shopper.customer.country
        tactics = drift.regime(at, self._drift_at).tactics
        country = fraud.country(tactics, home, rng)
        own = rng.random() < fraud.OWN_CARD_RATE
        noticed_at = at + rng.randint(*fraud.NOTICED_AFTER_S)
        card = shopper.card
        if own:
            self._block(shopper, noticed_at, failures.STOLEN_CARD)
        else:
            card = self._population.stolen_card(country, fraud.funding(tactics, rng), at, shopper.customer.number, at)
        shopper.troubles.append((noticed_at, churn.DISPUTED))
        for pays_at in fraud.times(tactics, at, rng):
            merchant = fraud.merchant_for(self._merchants, rng)
            cents = shopping.in_tens(merchant.typical_amount * rng.uniform(*tactics.amount_factor))
            payment = self._payment(shopper, merchant, cents, pays_at, country, stolen=True)
            blocked = own and pays_at >= noticed_at
            failure = failures.STOLEN_CARD if blocked else fraud.refusal(rng)
            self._told(tell(payment, Circumstances(card, lambda paid: aftermath.of_fraud(paid, rng), failure), rng))

    def _payment(  # noqa: PLR0913 - the facts of a payment
        self, shopper: _Shopper, merchant: Merchant, cents: int, at: int, ip_country: str, *, stolen: bool = False
    ) -> Payment:
        customer = shopper.customer
        words = f"{self._run_id}/{customer.number}/{shopper.payments}".encode()
        shopper.payments += 1
        return Payment(
            key=hashlib.blake2b(words, digest_size=10).hexdigest(),
            customer=customer,
            merchant=merchant,
            amount_cents=cents,
            created=at,
            ip_country=ip_country,
            subscription=customer.habit == "subscription" and not stolen,
            stolen=stolen,
        )

    def _new_card(self, shopper: _Shopper, at: int) -> Card:
        shopper.replacements += 1
        return self._population.card(shopper.customer, at, shopper.replacements)

    def _block(self, shopper: _Shopper, at: int, failure: Failure) -> None:
        shopper.blocked = (at, failure)
        shopper.replaced_at = at + int(self._rng.uniform(*failures.REPLACEMENT_DAYS) * DAY_S)

    def _remember(self, shopper: _Shopper, story: Story, at: int) -> None:
        """Let the customer draw conclusions from how a payment of theirs went."""
        failed = any(step.attempt.failure for step in story.steps)
        if not failed:
            return
        shopper.troubles.append((at, churn.FAILED_AND_RECOVERED if story.paid else churn.FAILED_FOR_GOOD))

    def _told(self, story: Story) -> None:
        agenda, order = self._agenda, self._order
        for step in story.steps:  # `_plan`, spelt out: this is what most of the time goes into
            order += 1
            heapq.heappush(agenda, (step.at, order, step))
        self._order = order
