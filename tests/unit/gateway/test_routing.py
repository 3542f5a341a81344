from datetime import UTC, datetime

import pytest

from services.contracts import topics
from services.gateway.errors import EventError
from services.gateway.event import StripeEvent
from services.gateway.routing import accepted, dead_letter, topic_for

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize(
    ("event_type", "topic"),
    [
        ("payment_intent.created", topics.PAYMENT_INTENT),
        ("payment_intent.payment_failed", topics.PAYMENT_INTENT),
        ("charge.succeeded", topics.CHARGE),
        ("charge.refunded", topics.CHARGE),
        ("charge.dispute.created", topics.CHARGE),
        ("radar.early_fraud_warning.created", topics.CHARGE),
        ("charge.refund.updated", topics.REFUND),
        ("refund.created", topics.REFUND),
        ("customer.created", topics.UNROUTED),
        ("payment_intents.created", topics.UNROUTED),
        ("charged", topics.UNROUTED),
        ("x.payment_intent.created", topics.UNROUTED),
    ],
)
def test_an_event_type_has_one_topic(event_type: str, topic: str) -> None:
    assert topic_for(event_type) == topic


def test_the_record_holds_the_bytes_as_they_came_and_the_trace() -> None:
    record = accepted(StripeEvent("evt_1", "charge.failed", "pi_1"), b'{ "a" :1}', TRACE)
    assert (record.topic, record.key, record.value) == (topics.CHARGE, b"pi_1", b'{ "a" :1}')
    assert record.headers == (("traceparent", TRACE.encode()),)


def test_a_dead_letter_says_why_and_when() -> None:
    record = dead_letter(b"hello", EventError("the body is not JSON"), datetime(2026, 11, 1, tzinfo=UTC), TRACE)
    assert (record.topic, record.key, record.value) == (topics.WEBHOOK_DLQ, None, b"hello")
    assert dict(record.headers) == {
        "traceparent": TRACE.encode(),
        "error_class": b"EventError",
        "error_message": b"the body is not JSON",
        "stage": b"gateway",
        "attempts": b"1",
        "first_seen": b"2026-11-01T00:00:00+00:00",
    }
