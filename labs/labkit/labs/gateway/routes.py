"""Event types of Stripe's, the topic of each, and what can be wrong with a learner's choice. Pure."""

from typing import Final

from services.contracts import topics

RIGHT: Final = {
    "payment_intent.succeeded": topics.PAYMENT_INTENT,
    "payment_intent.payment_failed": topics.PAYMENT_INTENT,
    "charge.succeeded": topics.CHARGE,
    "refund.created": topics.REFUND,
    "charge.refunded": topics.CHARGE,
    "charge.refund.updated": topics.REFUND,
    "charge.dispute.created": topics.CHARGE,
    "radar.early_fraud_warning.created": topics.CHARGE,
    "customer.created": topics.UNROUTED,
    "application_fee.refund.updated": topics.UNROUTED,
    "chargeback.of_tomorrow": topics.UNROUTED,
}

_WHY: Final = {
    "charge.refunded": "its object is the charge, with what was refunded of it",
    "charge.refund.updated": "its object is a refund, so ask for `charge.refund.` before you ask for `charge.`",
    "charge.dispute.created": "a dispute belongs to its charge",
    "radar.early_fraud_warning.created": "a fraud warning is about a charge",
    "customer.created": "whatever no later stage reads is signed all the same, and kept there",
    "application_fee.refund.updated": "`refund.` stands within this type; look at how a type begins",
    "chargeback.of_tomorrow": "Stripe may invent types; a prefix ends with its dot",
}


def mistake(found: object, event_type: str) -> str | None:
    """Return what is wrong with the topic found for a type, None if nothing is."""
    right = RIGHT[event_type]
    if found == right:
        return None
    if found is None:
        return f"`route` returned None for `{event_type}`, which belongs to {right}"
    if not isinstance(found, str):
        return f"`route` returned a {type(found).__name__} for `{event_type}`; a topic's name is a `str`"
    if found == topics.WEBHOOK_DLQ:
        return f"`route` sends `{event_type}` to the dead letters; a good event of another type is no dead letter"
    known = {topic.name for topic in topics.ALL}
    if found not in known:
        return (
            f"`route` sends `{event_type}` to a topic that does not exist; use the names of `services.contracts.topics`"
        )
    why = f": {_WHY[event_type]}" if event_type in _WHY else ""
    return f"`{event_type}` belongs to {right}, and `route` chose {found}{why}"
