"""One payment from its beginning to its end: tried, tried again, given up or paid, refunded, warned of, disputed."""

import random
from collections.abc import Callable
from typing import Final

import msgspec

from services.simulator.behaviour import recovery
from services.simulator.behaviour.aftermath import Aftermath
from services.simulator.population import Card
from services.simulator.story import Attempt, Failure, Payment, Step

CAPTURED_AFTER_S: Final = (20, 600)
"""How long a merchant who captures later leaves a payment in `processing`."""


class Circumstances(msgspec.Struct, frozen=True, gc=False):
    """What decides how a payment goes.

    `failure` is that of the first attempt. Retries from `clears_at` on succeed, with `card_then` where the customer has
    entered another card by then. `follows` tells what follows a success, from its time.
    """

    card: Card
    follows: Callable[[int], Aftermath]
    failure: Failure | None = None
    clears_at: int = recovery.NEVER
    card_then: Card | None = None
    first_of_customer: bool = False


class Story(msgspec.Struct, frozen=True):
    """A payment's steps, and how it went."""

    steps: list[Step]
    paid: bool


def tell(payment: Payment, circumstances: Circumstances, rng: random.Random) -> Story:
    """Return everything that happens to the payment."""
    teller = _Teller(payment)
    attempt = Attempt(1, payment.created, circumstances.card)
    if circumstances.first_of_customer:
        teller.step(payment.created, "customer.created", attempt)
    teller.step(payment.created, "payment_intent.created", attempt)
    paid = _attempts(teller, circumstances, rng)
    if paid is None:
        return Story(teller.steps, paid=False)
    if payment.subscription:
        teller.step(paid.at + 2, "invoice.paid", paid)
    _aftermath(teller, paid, circumstances.follows(paid.at))
    return Story(teller.steps, paid=True)


class _Teller:
    """Collects and counts the steps of one payment."""

    def __init__(self, payment: Payment) -> None:
        self.payment = payment
        self.steps: list[Step] = []

    def step(self, at: int, event_type: str, attempt: Attempt) -> None:
        payment = self.payment
        self.steps.append(Step(at, event_type, len(self.steps), payment, attempt, payment.amount_cents))

    def follow(self, at: int, event_type: str, paid: Attempt, **details: object) -> None:
        """Tell of something after the payment, with the step's further fields."""
        told = {"amount_cents": self.payment.amount_cents} | details
        self.steps.append(Step(at, event_type, len(self.steps), self.payment, paid, **told))  # type: ignore[arg-type]

    def attempted(self, attempt: Attempt, rng: random.Random) -> Attempt:
        """Tell of an attempt and return it as it ended: a merchant who captures later makes it take a while."""
        if self.payment.merchant.captures_later:
            self.step(
                attempt.at, "payment_intent.processing", msgspec.structs.replace(attempt, failure=None, retry=None)
            )
            attempt = msgspec.structs.replace(attempt, at=attempt.at + rng.randint(*CAPTURED_AFTER_S))
        self.step(attempt.at, "charge.failed" if attempt.failure else "charge.succeeded", attempt)
        outcome = "payment_intent.payment_failed" if attempt.failure else "payment_intent.succeeded"
        self.step(attempt.at + 1, outcome, attempt)
        return attempt


def _attempts(teller: _Teller, circumstances: Circumstances, rng: random.Random) -> Attempt | None:
    """Tell of all attempts; return the one that succeeded."""
    at = teller.payment.created + rng.randint(2, 6)
    card, failure = circumstances.card, circumstances.failure
    gives_up_at = recovery.gives_up_at(at, rng) if failure else 0
    for number in range(1, recovery.MAX_ATTEMPTS + 1):
        retry = recovery.plan(number, rng) if failure else None
        attempt = teller.attempted(Attempt(number, at, card, failure, retry), rng)
        if failure is None:
            return attempt
        at = attempt.at + retry.delay_s if retry else gives_up_at
        if at >= gives_up_at or retry is None:
            teller.step(max(gives_up_at, attempt.at + 2), "payment_intent.canceled", attempt)
            break
        if at >= circumstances.clears_at:
            card, failure = circumstances.card_then or card, None
    return None


def _aftermath(teller: _Teller, paid: Attempt, after: Aftermath) -> None:
    if after.refunded_at:
        cents = after.refund_cents
        teller.follow(after.refunded_at, "refund.created", paid, amount_cents=cents, refund_cents=cents)
        teller.follow(after.refunded_at + 1, "charge.refunded", paid, refund_cents=cents)
    if after.warned_at:
        teller.follow(after.warned_at, "radar.early_fraud_warning.created", paid, bare=after.bare_warning)
    if after.dispute:
        teller.follow(after.dispute.opened_at, "charge.dispute.created", paid, dispute=after.dispute)
        teller.follow(after.decided_at, "charge.dispute.closed", paid, dispute=after.decided)
