"""What follows a payment that went through: a refund, an early fraud warning, a dispute, its decision.

To learn: labels come late and are not clean. Not every fraud is warned of or disputed; honest buyers dispute too, over
goods that did not come (`product_not_received`), or by claiming a fraud that was none (`fraudulent`, a "friendly" one).
"""

import random
from typing import Final

import msgspec

from services.simulator.behaviour.shopping import in_tens
from services.simulator.chance import DAY_S, HOUR_S
from services.simulator.population import Merchant
from services.simulator.story import Dispute

WARNED_RATE: Final = 0.65
WARNED_AFTER_DAYS: Final = (1.0, 6.0)
BARE_WARNING_SHARE: Final = 0.2
"""Stripe names the charge in a warning, no amount: such a warning ends in quarantine. Our shop's relay fills the charge
in, but not always."""
FRAUD_DISPUTED_RATE: Final = 0.8
FRAUD_DISPUTED_AFTER_DAYS: Final = (5.0, 25.0)
FRIENDLY_FRAUD_RATE: Final = 0.0012
NOT_RECEIVED_RATE: Final = 0.005
"""At a merchant of quality 0; one of quality 1 delivers always."""
HONEST_DISPUTED_AFTER_DAYS: Final = (7.0, 30.0)
DECIDED_AFTER_DAYS: Final = (6.0, 20.0)
WON_RATE: Final = {"fraudulent": 0.15, "product_not_received": 0.5}
"""How often the merchant wins."""

REFUNDED_AFTER_S: Final = (HOUR_S, 8 * DAY_S)
PARTIAL_RATE: Final = 0.3
PARTIAL_SHARE: Final = (0.1, 0.9)

CODES: Final = {"fraudulent": "10.4", "product_not_received": "13.1"}
"""Visa's codes for the reasons."""


class Aftermath(msgspec.Struct, frozen=True, gc=False):
    """What follows. Times are in seconds since 1970; a `decided` dispute is as it is when it is closed."""

    refunded_at: int | None = None
    refund_cents: int = 0
    warned_at: int | None = None
    bare_warning: bool = False
    dispute: Dispute | None = None
    decided: Dispute | None = None
    decided_at: int = 0


NOTHING: Final = Aftermath()


def of_honest_payment(merchant: Merchant, amount_cents: int, at: int, rng: random.Random) -> Aftermath:
    """Return what follows a payment that the customer made, and that went through at `at`."""
    thrown = rng.random()
    if thrown < merchant.refund_rate:
        partial = rng.random() < PARTIAL_RATE
        cents = min(amount_cents, in_tens(amount_cents * rng.uniform(*PARTIAL_SHARE))) if partial else amount_cents
        return Aftermath(refunded_at=at + rng.randint(*REFUNDED_AFTER_S), refund_cents=cents)
    thrown -= merchant.refund_rate
    if thrown < FRIENDLY_FRAUD_RATE:
        return _disputed("fraudulent", at + _days(HONEST_DISPUTED_AFTER_DAYS, rng), rng)
    thrown -= FRIENDLY_FRAUD_RATE
    if thrown < NOT_RECEIVED_RATE * (1 - merchant.quality):
        return _disputed("product_not_received", at + _days(HONEST_DISPUTED_AFTER_DAYS, rng), rng)
    return NOTHING


def of_fraud(at: int, rng: random.Random) -> Aftermath:
    """Return what follows a payment that a thief made, and that went through at `at`."""
    warned_at = at + _days(WARNED_AFTER_DAYS, rng) if rng.random() < WARNED_RATE else None
    follows = Aftermath(warned_at=warned_at, bare_warning=rng.random() < BARE_WARNING_SHARE)
    if rng.random() >= FRAUD_DISPUTED_RATE:
        return follows
    disputed_at = max(at + _days(FRAUD_DISPUTED_AFTER_DAYS, rng), (warned_at or 0) + HOUR_S)
    disputed = _disputed("fraudulent", disputed_at, rng)
    return msgspec.structs.replace(disputed, warned_at=warned_at, bare_warning=follows.bare_warning)


def _disputed(reason: str, at: int, rng: random.Random) -> Aftermath:
    opened = Dispute(reason, CODES[reason], at)
    decided = msgspec.structs.replace(opened, status="won" if rng.random() < WON_RATE[reason] else "lost")
    return Aftermath(dispute=opened, decided=decided, decided_at=at + _days(DECIDED_AFTER_DAYS, rng))


def _days(between: tuple[float, float], rng: random.Random) -> int:
    return int(rng.uniform(*between) * DAY_S)
