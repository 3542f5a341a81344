"""What the gateway needs to know of a Stripe event: its id, its type, and which payment it is about.

Everything else stays in the raw bytes, which are kept as they came. Whether the payment itself makes sense (amount,
currency, …) is the normalizer's question. Source: https://docs.stripe.com/api/events/object
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from services.gateway import strict_json
from services.gateway.errors import EventError

# No ":", which parts the provider from the id in `stripe:evt_…`.
_EVENT_ID: Final = re.compile(r"evt_[A-Za-z0-9_-]{1,251}")
_EVENT_TYPE: Final = re.compile(r"[A-Za-z0-9_.-]{1,255}")


class StripeEvent(msgspec.Struct, frozen=True):
    """An event's envelope. `payment_key` is the same for all events of one payment."""

    id: str
    type: str
    payment_key: str


def parse(body: bytes) -> StripeEvent:
    """Return the envelope of the event in the body. Raises `EventError`, which names the field."""
    event = strict_json.decode(body)
    if not isinstance(event, dict):
        raise EventError(f"the body is a JSON {_json_type(event)}, not an event object")
    if event.get("object") != "event":
        raise EventError('the field object is not "event"')
    event_id = _matching(event, "id", _EVENT_ID)
    event_type = _matching(event, "type", _EVENT_TYPE)
    created = event.get("created")
    if created is not None and type(created) is not int:
        raise EventError(f"the field created is a {_json_type(created)}, not an integer")
    data = event.get("data")
    payload = data.get("object") if isinstance(data, dict) else None
    if not isinstance(payload, dict):
        raise EventError("the field data.object is not an object")
    return StripeEvent(event_id, event_type, payment_key(payload) or event_id)


def payment_key(payload: Mapping[str, Any]) -> str | None:
    """Return the id that all events of one payment share: its payment intent's, else (older charges) its charge's.

    Charges, refunds, disputes and fraud warnings all carry `payment_intent`, as an id or expanded to the object. What
    is about no payment goes by its own id; None if it has none (a balance).
    """
    kind = payload.get("object")
    if kind == "payment_intent":
        return _id_of(payload)
    found = _id_of(payload.get("payment_intent"))
    if not found and kind != "charge":
        found = _id_of(payload.get("charge"))
    return found or _id_of(payload)


def _id_of(reference: Any) -> str | None:  # noqa: ANN401 - an id, or the object itself, or neither
    identifier = reference.get("id") if isinstance(reference, dict) else reference
    return identifier if isinstance(identifier, str) and identifier else None


def _matching(event: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = event.get(name)
    if not isinstance(value, str):
        raise EventError(f"the field {name} is a {_json_type(value)}, not a string")
    if not pattern.fullmatch(value):
        raise EventError(f"the field {name} is not of the form {pattern.pattern}")
    return value


def _json_type(value: Any) -> str:  # noqa: ANN401 - JSON is any of its types
    names = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")
