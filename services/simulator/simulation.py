"""A stream of events: many payments' stories, told at once, in the order in which things happen."""

import heapq
import itertools
import random
import secrets
import time
from collections.abc import Iterator
from typing import Final

from services.simulator.events import StripeEvent, StripeObject, wrap
from services.simulator.ids import stripe_id
from services.simulator.payment import Payment
from services.simulator.population import Customer, Population, populate
from services.simulator.story import Step, tell

_SPAN_S: Final = 30 * 86_400
_EVENTS_PER_PAYMENT: Final = 3
_NOT_A_PAYMENT_RATE: Final = 0.05


def simulate(*, events: int, seed: int, run_id: str | None = None, now: int | None = None) -> Iterator[StripeEvent]:
    """Yield this many events of the last 30 days, earliest first.

    Args:
        events: how many.
        seed: decides who there is and how they behave.
        run_id: goes into the ids of events and payments. By default a fresh one, so that a second run with the same
            seed is new business by the same people; with the same `run_id` and `now` the events are the same.
        now: seconds since 1970; no event is later. By default the clock's.
    """
    run_id = run_id or secrets.token_hex(8)
    now = int(time.time()) if now is None else now
    numbers = itertools.count()
    for account, step in itertools.islice(_in_order(events, seed, run_id, now), events):
        event_id = stripe_id("evt", run_id, seed, next(numbers))
        yield wrap(step.stripe_object, step.event_type, event_id=event_id, created=min(step.at, now), account=account)


def _in_order(events: int, seed: int, run_id: str, now: int) -> Iterator[tuple[str, Step]]:
    """Merge the stories: before a payment begins, everything that happens until then."""
    rng = random.Random(f"simulation/{seed}")  # noqa: S311 - a simulation is to be repeatable
    population = populate(seed)
    gap_s = _SPAN_S / max(1, events // _EVENTS_PER_PAYMENT)
    waiting: list[tuple[int, int, str, Step]] = []
    order = itertools.count()
    begins_at = float(now - _SPAN_S)
    for number in itertools.count():
        begins_at += rng.expovariate(1 / gap_s)
        while waiting and waiting[0][0] <= begins_at:
            _, _, account, step = heapq.heappop(waiting)
            yield account, step
        payment = _payment(population, stripe_id("pi", run_id, seed, number), int(begins_at), rng)
        for step in tell(payment, rng):
            heapq.heappush(waiting, (step.at, next(order), payment.merchant.id, step))
        if rng.random() < _NOT_A_PAYMENT_RATE:
            heapq.heappush(waiting, (payment.created, next(order), payment.merchant.id, _other(payment, rng)))


def _payment(population: Population, payment_id: str, created: int, rng: random.Random) -> Payment:
    merchant = rng.choice(population.merchants)
    amount = max(100, round(merchant.typical_amount * rng.lognormvariate(0, 0.8)))
    return Payment(
        id=payment_id,
        order_id=stripe_id("order", payment_id),
        customer=rng.choice(population.customers),
        merchant=merchant,
        # The last digit is 0: Stripe takes three-decimal currencies in steps of ten only.
        amount_cents=amount // 10 * 10,
        created=created,
    )


def _other(payment: Payment, rng: random.Random) -> Step:
    """Return something that Stripe sends too and that is about no payment."""
    if rng.random() < 0.5:  # noqa: PLR2004 - the one or the other
        return Step(payment.created, "customer.created", _customer(payment.customer, payment.created))
    invoice: StripeObject = {
        "id": stripe_id("in", payment.id),
        "object": "invoice",
        "amount_due": payment.amount_cents,
        "amount_paid": payment.amount_cents,
        "created": payment.created,
        "currency": payment.merchant.currency,
        "customer": payment.customer.id,
        "livemode": False,
        "metadata": {},
        "status": "paid",
    }
    return Step(payment.created, "invoice.paid", invoice)


def _customer(customer: Customer, created: int) -> StripeObject:
    return {
        "id": customer.id,
        "object": "customer",
        "address": {"country": customer.country},
        "created": created,
        "email": customer.email,
        "livemode": False,
        "metadata": {},
        "name": customer.name,
    }
