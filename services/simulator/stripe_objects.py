"""The first renderer: a step as the event that Stripe sends about it, with the object as it is at that moment.

Source of the fields: https://docs.stripe.com/api (payment intents, charges, refunds, disputes, early fraud warnings).
"""

from services.simulator.events import StripeEvent, StripeObject, wrap
from services.simulator.other_objects import customer, dispute, early_fraud_warning, invoice, refund
from services.simulator.population import Card, name_and_email
from services.simulator.story import INTENT_STATUS, Failure, Step, metadata


def stripe_event(step: Step) -> StripeEvent:
    """Return the event of this step."""
    return wrap(
        stripe_object(step), step.type, event_id=step.event_id, created=step.at, account=step.payment.merchant.id
    )


def stripe_object(step: Step) -> StripeObject:
    """Return the object that the step's event is about."""
    match step.type:
        case "refund.created":
            return refund(step)
        case "charge.dispute.created" | "charge.dispute.closed":
            return dispute(step)
        case "radar.early_fraud_warning.created":
            return early_fraud_warning(step, step.charge_id if step.bare else charge(step))
        case "customer.created":
            return customer(step)
        case "invoice.paid":
            return invoice(step)
    return payment_intent(step) if step.type in INTENT_STATUS else charge(step)


def payment_intent(step: Step) -> StripeObject:
    """Return the payment intent; after a failure it holds the error, and no payment method any more."""
    payment, attempt = step.payment, step.attempt
    status = INTENT_STATUS[step.type]
    return {
        "id": payment.id,
        "object": "payment_intent",
        "amount": payment.amount_cents,
        "amount_capturable": 0,
        "amount_received": payment.amount_cents if status == "succeeded" else 0,
        "capture_method": "automatic_async" if payment.merchant.captures_later else "automatic",
        "confirmation_method": "automatic",
        "created": payment.created,
        "currency": payment.merchant.currency,
        "customer": payment.customer.id,
        "description": f"Order {payment.key}",
        "last_payment_error": _error(attempt.failure, attempt.card, step.charge_id) if attempt.failure else None,
        "latest_charge": None if step.type == "payment_intent.created" else step.charge_id,
        "livemode": False,
        "metadata": metadata(payment, attempt),
        "payment_method": None if attempt.failure else attempt.card.id,
        "payment_method_types": ["card"],
        "receipt_email": name_and_email(payment.customer.id)[1],
        "status": status,
    }


def charge(step: Step) -> StripeObject:
    """Return the charge of the step's attempt, and what was refunded of it by then."""
    payment, attempt = step.payment, step.attempt
    failure, paid = attempt.failure, attempt.failure is None
    name, email = name_and_email(payment.customer.id)
    return {
        "id": step.charge_id,
        "object": "charge",
        "amount": payment.amount_cents,
        "amount_captured": payment.amount_cents if paid else 0,
        "amount_refunded": step.refund_cents,
        "balance_transaction": step.charge_id.replace("ch_", "txn_") if paid else None,
        "billing_details": {"address": {"country": payment.customer.country}, "email": email, "name": name},
        "captured": paid,
        "created": attempt.at,
        "currency": payment.merchant.currency,
        "customer": payment.customer.id,
        "description": f"Order {payment.key}",
        "disputed": False,
        "failure_code": failure.code if failure else None,
        "failure_message": failure.message if failure else None,
        "livemode": False,
        "metadata": metadata(payment, attempt),
        "outcome": _outcome(failure),
        "paid": paid,
        "payment_intent": payment.id,
        "payment_method": attempt.card.id,
        "payment_method_details": {"card": _card(attempt.card), "type": "card"},
        "refunded": step.refund_cents == payment.amount_cents,
        "status": "succeeded" if paid else "failed",
    }


def _outcome(failure: Failure | None) -> StripeObject:
    return {
        "network_status": "declined_by_network" if failure else "approved_by_network",
        "reason": failure.reason if failure else None,
        "risk_level": "normal",
        "type": "issuer_declined" if failure else "authorized",
    }


def _error(failure: Failure, card: Card, charge_id: str) -> StripeObject:
    return {
        "type": "card_error",
        "charge": charge_id,
        "code": failure.code,
        "decline_code": failure.reason,
        "message": failure.message,
        "payment_method": {"id": card.id, "object": "payment_method", "type": "card", "card": _card(card)},
    }


def _card(card: Card) -> StripeObject:
    return {
        "brand": card.brand,
        "country": card.country,
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "last4": card.last4,
        "network": card.brand,
    }
