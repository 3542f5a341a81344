"""What can be wrong with the features that are sent to inference: what it answers, and what it cannot know."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import httpx

from labkit.servers.own_orchestrator import an_event
from services.contracts.events import UnifiedEvent
from services.orchestrator.inference_client import FEATURES

REFUSED: Final = 422


def events() -> list[UnifiedEvent]:
    """Return events that differ in what makes a score."""
    failed = {"event_type": "charge.failed", "status": "failed", "failure_code": "stolen_card", "attempt_number": 4}
    return [
        an_event(),
        an_event(card_country="NG", amount_cents=250_000, amount=Decimal("2500.00")),
        an_event(customer_id=None, card_country=None, currency="JPY", amount_cents=900, amount=Decimal(900)),
        an_event(**failed),
    ]


def unsendable(features: object) -> str | None:
    """Return why this can be no body of a request, None if it can."""
    if not isinstance(features, dict):
        return f"`features` returned a {type(features).__name__}; asked for is a dict"
    for name, value in features.items():
        if not isinstance(value, str | int | float | None):
            return f"{name!r} is a {type(value).__name__}, which JSON does not know"
    return None


def mistake(features: Mapping[str, Any], event: UnifiedEvent, answer: httpx.Response) -> str | None:
    """Return what is wrong with the features of an event, None if nothing is."""
    if answer.status_code == REFUSED:
        told = answer.json()
        return f"inference answered 422: {told['error']}" + (f" (field {told['field']})" if told["field"] else "")
    if answer.status_code != httpx.codes.OK:
        return f"inference answered {answer.status_code}"
    for name in FEATURES:
        if name not in features and getattr(event, name) is not None:
            return f"inference answered 200, but {name} was not sent: it scored as if the event had none"
        if features.get(name) != getattr(event, name):
            return f"inference answered 200, but {name} is not what the event says: the score is of another payment"
    return None
