"""What happens, told once: payments, the attempts at them, and the steps that Stripe would report.

A step holds who, when, what and how much, and nothing of how anyone writes it down. Two renderers do that:
`stripe_objects` as the webhook that Stripe sends, `history.rows` as the bronze row that the webhook would become.
"""

from typing import Final

import msgspec

from services.simulator.population import Card, Customer, Merchant

INTENT_STATUS: Final = {
    "payment_intent.created": "requires_payment_method",
    "payment_intent.payment_failed": "requires_payment_method",
    "payment_intent.processing": "processing",
    "payment_intent.succeeded": "succeeded",
    "payment_intent.canceled": "canceled",
}
"""What a payment intent is after each of its events."""


class Failure(msgspec.Struct, frozen=True, gc=False):
    """What the card's bank said, as Stripe passes it on. Source: https://docs.stripe.com/declines/codes.

    `reason` is the decline code of a `card_declined`, which alone says little; else it is the same as `code`.
    """

    code: str
    reason: str
    message: str


class Retry(msgspec.Struct, frozen=True, gc=False):
    """The shop's plan after a failed attempt; `policy` is `schedule` or `explore`."""

    delay_s: int
    policy: str


class Dispute(msgspec.Struct, frozen=True, gc=False):
    """A dispute as it stands. `status` is `needs_response`, `won` or `lost` (by the merchant)."""

    reason: str
    network_reason_code: str
    opened_at: int
    status: str = "needs_response"


class Payment(msgspec.Struct, frozen=True, gc=False):
    """What somebody wants to pay a merchant on a customer's account. `amount_cents` is in the smallest unit.

    `key` is 20 letters and digits that the ids of all its objects and events share. `ip_country` is where the buyer
    was; the shop's checkout knows it. `stolen`: a thief paid. Nothing that is rendered tells that.
    """

    key: str
    customer: Customer
    merchant: Merchant
    amount_cents: int
    created: int
    ip_country: str
    subscription: bool = False
    stolen: bool = False

    @property
    def id(self) -> str:
        """The payment intent's id."""
        return f"pi_{self.key}0000"


class Attempt(msgspec.Struct, frozen=True, gc=False):
    """One attempt to charge a card: it succeeded, or it failed and the shop plans to retry, or gives up."""

    number: int
    at: int
    card: Card
    failure: Failure | None = None
    retry: Retry | None = None


class Step(msgspec.Struct, frozen=True, gc=False):
    """One thing that happens, as Stripe names it (`type`), at a time in seconds since 1970.

    `number` counts the payment's steps. `amount_cents` is the amount that the object tells: a refund's is what is
    refunded; a charge that was refunded tells its own amount, and `refund_cents` beside it. A warning that is `bare`
    names its charge and does not hold it, as Stripe itself sends it.
    """

    at: int
    type: str
    number: int
    payment: Payment
    attempt: Attempt
    amount_cents: int
    refund_cents: int = 0
    dispute: Dispute | None = None
    bare: bool = False

    @property
    def event_id(self) -> str:
        """The Stripe event's id."""
        return f"evt_{self.payment.key}{1_000 + self.number}"

    @property
    def charge_id(self) -> str:
        """The id of the charge that this attempt made."""
        return f"ch_{self.payment.key}000{self.attempt.number}"


def metadata(payment: Payment, attempt: Attempt) -> dict[str, str]:
    """Return what the merchant's shop attaches to its objects: what it knows and Stripe's events would not tell."""
    attached = {
        "merchant_id": payment.merchant.id,
        "order_id": f"order_{payment.key}",
        "attempt_number": str(attempt.number),
        "ip_country": payment.ip_country,
        "card_funding": attempt.card.funding,
    }
    if attempt.retry:
        attached["retry_in_s"] = str(attempt.retry.delay_s)
        attached["retry_policy"] = attempt.retry.policy
    return attached


def dispute_metadata(dispute: Dispute) -> dict[str, str]:
    """Return what the shop's dispute desk attaches: the reason, which the unified event has no field for."""
    return {"dispute_reason": dispute.reason}
