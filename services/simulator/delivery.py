"""What is sent, and the answer that it must get."""

from http import HTTPStatus
from typing import Final

import msgspec

from services.gateway.event import payment_key
from services.simulator.events import StripeEvent

GOOD: Final = "event"


class Delivery(msgspec.Struct, frozen=True):
    """One request to the gateway.

    Deliveries of the same `lane` are sent one after the other. `kind` says what was done to the event, `expected` which
    status the gateway has to answer. `signed` are the bytes that the signature is made of, where it is not to fit.
    """

    event_id: str
    event_type: str
    lane: str
    body: bytes
    kind: str = GOOD
    expected: int = HTTPStatus.OK
    signed: bytes | None = None


def delivery(event: StripeEvent) -> Delivery:
    """Return the event as it is to be sent. Its lane is its payment, whose events keep their order."""
    lane = payment_key(event["data"]["object"]) or event["id"]
    return Delivery(event["id"], event["type"], lane, _encode(event))


_encode: Final = msgspec.json.Encoder().encode
