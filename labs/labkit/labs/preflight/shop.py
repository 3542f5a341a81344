"""The shop of this lab: orders by the simulator's customers, as the events that Stripe sends about them."""

import secrets
import time
from typing import Final

from services.simulator.events import StripeEvent
from services.simulator.population import Population
from services.simulator.story import Attempt, Payment, Step
from services.simulator.stripe_objects import stripe_event

# One currency of each kind: two decimals, none, and three (whose last is always 0 at Stripe).
PRICES: Final = {"usd": 4_200, "jpy": 4_200, "kwd": 13_370}


def order(currency: str = "usd", amount_cents: int = 0) -> StripeEvent:
    """Return the event of a paid order, with ids that nobody has used.

    Args:
        currency: `usd`, `jpy` or `kwd`.
        amount_cents: in the currency's smallest unit; by default the shop's price.
    """
    people, now = Population(seed=7), int(time.time())
    customer = people.customer(0)
    payment = Payment(
        key=secrets.token_hex(10),
        customer=customer,
        merchant=next(merchant for merchant in people.merchants if merchant.currency == currency),
        amount_cents=amount_cents or PRICES[currency],
        created=now,
        ip_country=customer.country,
    )
    attempt = Attempt(1, now, people.card(customer, now))
    event = stripe_event(Step(now, "payment_intent.succeeded", 0, payment, attempt, payment.amount_cents))
    event["data"]["object"]["metadata"]["order_id"] = f"café-{secrets.token_hex(3)}"
    return event
