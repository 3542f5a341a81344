"""Which topic an event belongs to, and the Kafka record that is made of it. Pure."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec

from services.contracts import topics, tracing
from services.contracts.topics import Header
from services.gateway.errors import EventError
from services.gateway.event import StripeEvent

# The first prefix that matches wins: `charge.refund.*` carries a refund, every other `charge.*` a charge or a dispute.
_TOPICS: Final = (
    ("payment_intent.", topics.PAYMENT_INTENT),
    ("charge.refund.", topics.REFUND),
    ("charge.", topics.CHARGE),
    ("radar.early_fraud_warning.", topics.CHARGE),
    ("refund.", topics.REFUND),
)


Route = Callable[[str], str]
"""An event's type → the topic that it belongs to. A lab replaces it."""


class Record(msgspec.Struct, frozen=True):
    """What is to be written to Kafka. Records with equal keys keep their order within a topic."""

    topic: str
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


@lru_cache(maxsize=1024)
def topic_for(event_type: str) -> str:
    """Return the topic of an event type; types that no later stage reads are kept in `webhooks.stripe.unrouted`."""
    return next((topic for prefix, topic in _TOPICS if event_type.startswith(prefix)), topics.UNROUTED)


def accepted(event: StripeEvent, body: bytes, traceparent: str, route: Route = topic_for) -> Record:
    """Return the record of a good event: the bytes exactly as Stripe signed them, keyed by payment."""
    headers = ((tracing.HEADER, traceparent.encode()),)
    return Record(route(event.type), event.payment_key.encode(), body, headers)


def dead_letter(body: bytes, error: EventError, first_seen: datetime, traceparent: str) -> Record:
    """Return the dead-letter record of a signed body that is no event. Its headers say why.

    The headers about an original topic are absent: the body never was on another topic.
    """
    headers = {
        tracing.HEADER: traceparent,
        Header.ERROR_CLASS: type(error).__name__,
        Header.ERROR_MESSAGE: str(error),
        Header.STAGE: "gateway",
        Header.ATTEMPTS: "1",
        Header.FIRST_SEEN: first_seen.isoformat(),
    }
    encoded = tuple((name, value.encode()) for name, value in headers.items())
    return Record(topics.WEBHOOK_DLQ, None, body, encoded)
