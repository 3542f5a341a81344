"""What happens to one payment, step by step: tried, perhaps tried again, perhaps refunded or disputed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.simulator import aftermath
from services.simulator.events import StripeObject
from services.simulator.ids import stripe_id
from services.simulator.payment import FAILURES, Failure, Payment, charge, payment_intent

_DAY_S: Final = 86_400
_FAILURE_RATE: Final = 0.12
_FAILURE_RATE_AGAIN: Final = 0.45
_SECOND_TRY_RATE: Final = 0.6
_PARTIAL_REFUND_RATE: Final = 0.3


@dataclass(frozen=True)
class Step:
    """One thing that happens, when it happens (seconds since 1970), and the object that Stripe shows for it."""

    at: int
    event_type: str
    stripe_object: StripeObject


def tell(payment: Payment, rng: random.Random) -> Iterator[Step]:
    """Yield the payment's steps, earliest first."""
    yield Step(payment.created, "payment_intent.created", payment_intent(payment, "requires_payment_method"))
    at = payment.created + rng.randint(1, 5)
    failure = rng.choice(FAILURES) if rng.random() < _FAILURE_RATE else None
    yield from _attempt(payment, at, 1, failure)
    attempt = 1
    if failure and rng.random() < _SECOND_TRY_RATE:
        at += rng.randint(600, _DAY_S)
        attempt = 2
        failure = failure if rng.random() < _FAILURE_RATE_AGAIN else None
        yield from _attempt(payment, at, attempt, failure)
    if not failure:
        yield from _aftermath(payment, charge(payment, _charge_id(payment, attempt), at, attempt=attempt), at, rng)


def _charge_id(payment: Payment, attempt: int) -> str:
    return stripe_id("ch", payment.id, attempt)


def _attempt(payment: Payment, at: int, attempt: int, failure: Failure | None) -> Iterator[Step]:
    tried = charge(payment, _charge_id(payment, attempt), at, attempt=attempt, failure=failure)
    outcome, status = ("payment_failed", "requires_payment_method") if failure else ("succeeded", "succeeded")
    yield Step(at, f"charge.{'failed' if failure else 'succeeded'}", tried)
    yield Step(at + 1, f"payment_intent.{outcome}", payment_intent(payment, status, attempt=attempt, charge=tried))


def _aftermath(payment: Payment, paid: StripeObject, at: int, rng: random.Random) -> Iterator[Step]:
    if rng.random() < payment.customer.risk:
        warned_at = at + rng.randint(1, 5) * _DAY_S
        warning = aftermath.early_fraud_warning(paid, stripe_id("issfr", payment.id), warned_at)
        yield Step(warned_at, "radar.early_fraud_warning.created", warning)
        disputed_at = warned_at + rng.randint(1, 10) * _DAY_S
        dispute = aftermath.dispute(paid, stripe_id("dp", payment.id), disputed_at)
        yield Step(disputed_at, "charge.dispute.created", dispute)
    elif rng.random() < payment.merchant.refund_rate:
        refunded_at = at + rng.randint(3_600, 8 * _DAY_S)
        amount = payment.amount_cents // 20 * 10 if rng.random() < _PARTIAL_REFUND_RATE else payment.amount_cents
        refund = aftermath.refund(paid, stripe_id("re", payment.id), refunded_at, amount)
        yield Step(refunded_at, "refund.created", refund)
        yield Step(refunded_at + 1, "charge.refunded", aftermath.refunded(paid, amount))
