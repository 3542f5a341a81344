import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from services.contracts.events import UnifiedEvent
from services.normalizer.normalization import normalize

Body = Callable[..., bytes]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

OBJECTS: dict[str, dict[str, Any]] = {
    "payment_intent": {"id": "pi_1", "amount": 1500, "currency": "usd", "status": "succeeded"},
    "charge": {"id": "ch_1", "amount": 1500, "currency": "usd", "status": "succeeded", "payment_intent": "pi_1"},
    "refund": {"id": "re_1", "amount": 500, "currency": "usd", "status": "pending", "charge": "ch_1"},
    "dispute": {"id": "dp_1", "amount": 1500, "currency": "usd", "status": "needs_response", "charge": "ch_1"},
    "radar.early_fraud_warning": {"id": "issfr_1", "fraud_type": "misc", "charge": "ch_1"},
}


@pytest.fixture
def body() -> Body:
    """A Stripe event's body; keyword arguments are the object's fields, Ellipsis removes one."""

    def build(kind: str = "charge", *, event: dict[str, Any] | None = None, **fields: object) -> bytes:
        subject = {"object": kind, **OBJECTS[kind], **fields}
        envelope = {
            "id": "evt_1",
            "object": "event",
            "type": f"{kind}.updated",
            "created": 1234567890,
            "data": {"object": {name: value for name, value in subject.items() if value is not ...}},
            **(event or {}),
        }
        return json.dumps({name: value for name, value in envelope.items() if value is not ...}).encode()

    return build


@pytest.fixture
def unified(body: Body) -> Callable[..., UnifiedEvent]:
    """The unified event of the event that `body` builds."""
    unify = partial(normalize, platform_account_id="acct_platform", normalized_at=NOW)
    return lambda *args, **fields: unify(body(*args, **fields))
