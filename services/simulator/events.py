"""Wrapping an object as the event that Stripe sends about it.

Source: https://docs.stripe.com/api/events/object
"""

import secrets
import time
from collections.abc import Mapping
from typing import Any, Final

from services.simulator.ids import stripe_id

API_VERSION: Final = "2026-08-21"

StripeObject = dict[str, Any]
StripeEvent = dict[str, Any]


def wrap(
    stripe_object: Mapping[str, Any],
    event_type: str,
    *,
    event_id: str | None = None,
    created: int | None = None,
    account: str | None = None,
) -> StripeEvent:
    """Return the event of this type about this object.

    Args:
        stripe_object: the object as it was when the event happened, for example one of Stripe's own examples.
        event_type: for example `charge.succeeded`.
        event_id: `evt_…`; by default a fresh one that nobody has used.
        created: when it happened, in seconds since 1970; by default now.
        account: the connected account (`acct_…`) that it happened to, if any.
    """
    event: StripeEvent = {
        "id": event_id or stripe_id("evt", secrets.token_hex(16)),
        "object": "event",
        "api_version": API_VERSION,
        "created": int(time.time()) if created is None else created,
        "data": {"object": dict(stripe_object)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": event_type,
    }
    return event if account is None else event | {"account": account}
