"""Stripe's objects beside payment intent and charge: what follows a payment, and what is about none."""

from services.simulator.events import StripeObject
from services.simulator.ids import stripe_id
from services.simulator.population import name_and_email
from services.simulator.story import Step, dispute_metadata, metadata


def refund(step: Step) -> StripeObject:
    """Return a refund of `step.amount_cents`."""
    payment = step.payment
    return {
        "id": f"re_{payment.key}{step.number:04}",
        "object": "refund",
        "amount": step.amount_cents,
        "balance_transaction": f"txn_{payment.key}{step.number:04}",
        "charge": step.charge_id,
        "created": step.at,
        "currency": payment.merchant.currency,
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": metadata(payment, step.attempt),
        "payment_intent": payment.id,
        "reason": "requested_by_customer",
        "status": "succeeded",
    }


def early_fraud_warning(step: Step, charge: StripeObject | str) -> StripeObject:
    """Return the card network's warning, about this charge or its id. It has no amount and no currency of its own."""
    return {
        "id": f"issfr_{step.payment.key}0001",
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": charge,
        "created": step.at,
        "fraud_type": "unauthorized_use_of_card",
        "livemode": False,
        "payment_intent": step.payment.id,
    }


def dispute(step: Step) -> StripeObject:
    """Return the dispute as it stands."""
    if step.dispute is None:
        raise ValueError(f"a step of type {step.type} has no dispute")
    payment, disputed, brand = step.payment, step.dispute, step.attempt.card.brand
    return {
        "id": f"dp_{payment.key}0001",
        "object": "dispute",
        "amount": step.amount_cents,
        "balance_transactions": [],
        "charge": step.charge_id,
        "created": disputed.opened_at,
        "currency": payment.merchant.currency,
        "evidence_details": {"due_by": disputed.opened_at + 7 * 86_400, "has_evidence": False, "past_due": False},
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": dispute_metadata(disputed),
        "payment_intent": payment.id,
        "payment_method_details": {
            "card": {
                "brand": brand,
                "case_type": "chargeback",
                "network_reason_code": disputed.network_reason_code,
            },
            "type": "card",
        },
        "reason": disputed.reason,
        "status": disputed.status,
    }


def invoice(step: Step) -> StripeObject:
    """Return the paid invoice of a subscription. It is not routed: the payment itself is told by others."""
    payment = step.payment
    return {
        "id": stripe_id("in", payment.key),
        "object": "invoice",
        "amount_due": payment.amount_cents,
        "amount_paid": payment.amount_cents,
        "created": step.at,
        "currency": payment.merchant.currency,
        "customer": payment.customer.id,
        "livemode": False,
        "metadata": {},
        "status": "paid",
    }


def customer(step: Step) -> StripeObject:
    """Return the customer, new with this payment."""
    who = step.payment.customer
    name, email = name_and_email(who.id)
    return {
        "id": who.id,
        "object": "customer",
        "address": {"country": who.country},
        "created": step.at,
        "email": email,
        "livemode": False,
        "metadata": {},
        "name": name,
    }
