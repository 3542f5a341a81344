"""The shop of this lab: orders by the simulator's customers, as the events that Stripe sends about them."""

import secrets
import time
from typing import Any, Final

from services.simulator.events import StripeEvent, wrap
from services.simulator.ids import stripe_id
from services.simulator.payment import Payment, payment_intent
from services.simulator.population import populate

# One currency of each kind: two decimals, none, and three (whose last is always 0 at Stripe).
PRICES: Final = {"usd": 4_200, "jpy": 4_200, "kwd": 13_370}


def order(currency: str = "usd", amount_cents: int = 0) -> StripeEvent:
    """Return the event of a paid order, with ids that nobody has used.

    Args:
        currency: `usd`, `jpy` or `kwd`.
        amount_cents: in the currency's smallest unit; by default the shop's price.
    """
    people = populate(seed=7)
    payment = Payment(
        id=stripe_id("pi", secrets.token_hex(16)),
        order_id=f"café-{secrets.token_hex(3)}",
        customer=people.customers[0],
        merchant=next(merchant for merchant in people.merchants if merchant.currency == currency),
        amount_cents=amount_cents or PRICES[currency],
        created=int(time.time()),
    )
    paid: dict[str, Any] = payment_intent(payment, "succeeded")
    return wrap(paid, "payment_intent.succeeded", account=payment.merchant.id)
