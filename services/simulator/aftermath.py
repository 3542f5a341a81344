"""What can follow a succeeded charge: a refund, an early fraud warning, a dispute. Each object as Stripe shows it."""

from services.simulator.events import StripeObject


def refund(charge: StripeObject, refund_id: str, created: int, amount_cents: int) -> StripeObject:
    """Return a refund of this much of the charge."""
    return {
        "id": refund_id,
        "object": "refund",
        "amount": amount_cents,
        "balance_transaction": refund_id.replace("re_", "txn_"),
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": dict(charge["metadata"]),
        "payment_intent": charge["payment_intent"],
        "reason": "requested_by_customer",
        "status": "succeeded",
    }


def refunded(charge: StripeObject, amount_cents: int) -> StripeObject:
    """Return the charge after this refund; `refunded` is true only if nothing is left."""
    return charge | {"amount_refunded": amount_cents, "refunded": amount_cents == charge["amount"]}


def early_fraud_warning(charge: StripeObject, warning_id: str, created: int) -> StripeObject:
    """Return the card network's warning. Stripe gives it no amount and no currency."""
    return {
        "id": warning_id,
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": charge["id"],
        "created": created,
        "fraud_type": "unauthorized_use_of_card",
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }


def dispute(charge: StripeObject, dispute_id: str, created: int) -> StripeObject:
    """Return the dispute in which the cardholder denies the charge."""
    card = charge["payment_method_details"]["card"]
    return {
        "id": dispute_id,
        "object": "dispute",
        "amount": charge["amount"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "evidence_details": {"due_by": created + 7 * 86_400, "has_evidence": False, "past_due": False},
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {"brand": card["brand"], "case_type": "chargeback", "network_reason_code": "10.4"},
            "type": "card",
        },
        "reason": "fraudulent",
        "status": "needs_response",
    }
