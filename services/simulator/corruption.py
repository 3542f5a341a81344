"""Events that must not get through, each with the answer that is right for it.

The gateway looks at the signature and at the envelope: what fails there is answered 400, and never counts as accepted.
The payment inside is the normalizer's business: such an event is answered 200, and ends in quarantine with a reason.
"""

import json
import random
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec

from services.simulator.delivery import Delivery

Payload = dict[str, Any]


def _tampered(good: Delivery) -> Delivery:
    return _refused(good, "tampered body", good.body.replace(b'"amount":', b'"amount":9', 1), signed=good.body)


def _forged(good: Delivery) -> Delivery:
    return _refused(good, "bad signature", good.body, signed=b"whoever signed this did not see the body")


def _cut_off(good: Delivery) -> Delivery:
    return _refused(good, "not JSON", good.body[:-9])


def _not_a_number(good: Delivery) -> Delivery:
    return _refused(good, "NaN", good.body.replace(b'"amount":', b'"amount":NaN,"was":', 1))


def _no_event(good: Delivery) -> Delivery:
    return _refused(good, "not an event", b"[" + good.body + b"]")


def _refused(good: Delivery, kind: str, body: bytes, *, signed: bytes | None = None) -> Delivery:
    return msgspec.structs.replace(
        good, kind=f"corrupt: {kind}", body=body, signed=signed, expected=HTTPStatus.BAD_REQUEST
    )


def _quarantined(kind: str, **fields: object) -> Callable[[Delivery], Delivery]:
    """Return the corruption that sets these fields of the payment, and signs the result."""

    def corrupted(good: Delivery) -> Delivery:
        event = json.loads(good.body)
        event["data"]["object"].update(fields)
        # An id of its own: the good event is sent too, and each must be found where it belongs.
        event["id"] = f"{good.event_id}x{kind.encode().hex()}"
        return msgspec.structs.replace(
            good, event_id=event["id"], kind=f"corrupt: {kind}", body=json.dumps(event, ensure_ascii=False).encode()
        )

    return corrupted


CORRUPTIONS: Final[Mapping[str, Callable[[Delivery], Delivery]]] = {
    "tampered body": _tampered,
    "bad signature": _forged,
    "not JSON": _cut_off,
    "NaN": _not_a_number,
    "not an event": _no_event,
    "fractional amount": _quarantined("fractional amount", amount=15.9),
    "amount as text": _quarantined("amount as text", amount="15.9"),
    "null currency": _quarantined("null currency", currency=None),
    "unknown currency": _quarantined("unknown currency", currency="zzz"),
    "null status": _quarantined("null status", status="null"),
}
"""By name; five for the gateway, five for the normalizer."""


def can_be_corrupted(good: Delivery) -> bool:
    """Say whether there is an amount to corrupt, in an event that somebody reads."""
    return b'"amount":' in good.body and not good.event_type.startswith("radar.")


def corrupt(good: Delivery, rng: random.Random) -> Delivery:
    """Return a corrupted copy of a good delivery."""
    return CORRUPTIONS[rng.choice(tuple(CORRUPTIONS))](good)
