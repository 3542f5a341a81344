"""One payment, and the Stripe objects that show it. Each function gives the object as it is at one moment.

Source of the fields: https://docs.stripe.com/api (payment intents, charges, refunds, disputes, early fraud warnings).
"""

from dataclasses import dataclass
from typing import Final

from services.simulator.events import StripeObject
from services.simulator.population import Customer, Merchant

# What the card's bank said, as Stripe passes it on: failure_code, decline_code, failure_message.
FAILURES: Final = (
    ("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    ("card_declined", "do_not_honor", "Your card was declined."),
    ("expired_card", "expired_card", "Your card has expired."),
    ("processing_error", "processing_error", "An error occurred while processing your card."),
)
Failure = tuple[str, str, str]


@dataclass(frozen=True)
class Payment:
    """What a customer wants to pay a merchant. `amount_cents` is in the currency's smallest unit."""

    id: str
    order_id: str
    customer: Customer
    merchant: Merchant
    amount_cents: int
    created: int

    def metadata(self, attempt: int) -> dict[str, str]:
        """Return what the merchant's shop attaches to its objects."""
        return {"merchant_id": self.merchant.id, "order_id": self.order_id, "attempt_number": str(attempt)}


def payment_intent(
    payment: Payment, status: str, *, attempt: int = 1, charge: StripeObject | None = None
) -> StripeObject:
    """Return the payment intent in this status, after this charge."""
    failed = charge is not None and charge["status"] == "failed"
    return {
        "id": payment.id,
        "object": "payment_intent",
        "amount": payment.amount_cents,
        "amount_capturable": 0,
        "amount_received": payment.amount_cents if status == "succeeded" else 0,
        "capture_method": "automatic",
        "confirmation_method": "automatic",
        "created": payment.created,
        "currency": payment.merchant.currency,
        "customer": payment.customer.id,
        "description": f"Order {payment.order_id}",
        "last_payment_error": _error(charge) if charge and failed else None,
        "latest_charge": charge["id"] if charge else None,
        "livemode": False,
        "metadata": payment.metadata(attempt),
        "payment_method": None if failed else payment.customer.card.id,
        "payment_method_types": ["card"],
        "receipt_email": payment.customer.email,
        "status": status,
    }


def charge(
    payment: Payment, charge_id: str, created: int, *, attempt: int = 1, failure: Failure | None = None
) -> StripeObject:
    """Return the charge of one attempt: succeeded, or failed for this reason."""
    code, decline_code, message = failure or (None, None, None)
    card = payment.customer.card
    return {
        "id": charge_id,
        "object": "charge",
        "amount": payment.amount_cents,
        "amount_captured": 0 if failure else payment.amount_cents,
        "amount_refunded": 0,
        "balance_transaction": None if failure else charge_id.replace("ch_", "txn_"),
        "billing_details": {
            "address": {"country": payment.customer.country},
            "email": payment.customer.email,
            "name": payment.customer.name,
        },
        "captured": not failure,
        "created": created,
        "currency": payment.merchant.currency,
        "customer": payment.customer.id,
        "description": f"Order {payment.order_id}",
        "disputed": False,
        "failure_code": code,
        "failure_message": message,
        "livemode": False,
        "metadata": payment.metadata(attempt),
        "outcome": {
            "network_status": "declined_by_network" if failure else "approved_by_network",
            "reason": decline_code,
            "risk_level": "normal",
            "type": "issuer_declined" if failure else "authorized",
        },
        "paid": not failure,
        "payment_intent": payment.id,
        "payment_method": card.id,
        "payment_method_details": {
            "card": {
                "brand": card.brand,
                "country": card.country,
                "exp_month": card.exp_month,
                "exp_year": card.exp_year,
                "fingerprint": card.fingerprint,
                "funding": card.funding,
                "last4": card.last4,
                "network": card.brand,
            },
            "type": "card",
        },
        "refunded": False,
        "status": "failed" if failure else "succeeded",
    }


def _error(charge: StripeObject) -> StripeObject:
    return {
        "type": "card_error",
        "charge": charge["id"],
        "code": charge["failure_code"],
        "decline_code": charge["outcome"]["reason"],
        "message": charge["failure_message"],
        "payment_method": {
            "id": charge["payment_method"],
            "object": "payment_method",
            "type": "card",
            "card": dict(charge["payment_method_details"]["card"]),
        },
    }
