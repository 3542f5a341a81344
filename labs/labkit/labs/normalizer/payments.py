"""The events of this lab's payments: what happens to one after the other, each in Stripe's shape."""

from typing import Any, Final

from services.simulator.events import StripeEvent, wrap

TYPES: Final = ("payment_intent.created", "charge.succeeded", "refund.created", "charge.dispute.created")
COUNT: Final = 8


def story(number: int) -> list[StripeEvent]:
    """Return the four events of one payment, in order. Every fourth payment is a guest's, without a customer."""
    intent = f"pi_lab{number}"
    common = {"customer": None if number % 4 == 0 else f"cus_lab{number // 2}", "amount": 4_200, "currency": "usd"}
    objects: tuple[dict[str, Any], ...] = (
        {"object": "payment_intent", "id": intent},
        {"object": "charge", "id": f"ch_lab{number}", "payment_intent": intent},
        {"object": "refund", "id": f"re_lab{number}", "payment_intent": intent, "charge": f"ch_lab{number}"},
        {"object": "dispute", "id": f"du_lab{number}", "payment_intent": intent, "charge": f"ch_lab{number}"},
    )
    return [wrap(common | one, event_type) for one, event_type in zip(objects, TYPES, strict=True)]


def intent_of(event: StripeEvent) -> str:
    """Return the payment intent that an event of this lab is about."""
    subject = event["data"]["object"]
    return str(subject["id"] if subject["object"] == "payment_intent" else subject["payment_intent"])


def interleaved() -> list[StripeEvent]:
    """Return the events of all payments as they come in: first the first of each, then the second of each, …."""
    stories = [story(number) for number in range(COUNT)]
    return [events[step] for step in range(len(TYPES)) for events in stories]


def charge(amount: object, currency: object, **fields: object) -> StripeEvent:
    """Return the event of a charge that succeeded."""
    subject = {"object": "charge", "id": "ch_lab", "status": "succeeded", "amount": amount, "currency": currency}
    return wrap(subject | fields, "charge.succeeded")
