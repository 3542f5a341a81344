"""Every Kafka topic, and the headers that travel on their records."""

from dataclasses import dataclass
from typing import Final

PAYMENT_INTENT: Final = "webhooks.stripe.payment_intent"
CHARGE: Final = "webhooks.stripe.charge"
REFUND: Final = "webhooks.stripe.refund"
UNROUTED: Final = "webhooks.stripe.unrouted"
WEBHOOK_DLQ: Final = "webhooks.stripe.dlq"
NORMALIZED: Final = "payments.normalized"
VALIDATION_DLQ: Final = "payments.validation.dlq"

WEBHOOKS: Final = (PAYMENT_INTENT, CHARGE, REFUND)


@dataclass(frozen=True)
class Topic:
    """A topic and how many partitions it has. Every topic keeps its records for good (`retention.ms=-1`)."""

    name: str
    partitions: int


ALL: Final = (
    *(Topic(name, partitions=3) for name in (*WEBHOOKS, NORMALIZED)),
    *(Topic(name, partitions=1) for name in (UNROUTED, WEBHOOK_DLQ, VALIDATION_DLQ)),
)


class Header:
    """Names of the headers on a dead-letter record. Values are UTF-8; offsets and counts are decimal digits."""

    ORIGINAL_TOPIC: Final = "original_topic"
    ORIGINAL_PARTITION: Final = "original_partition"
    ORIGINAL_OFFSET: Final = "original_offset"
    ORIGINAL_KEY: Final = "original_key"
    ERROR_CLASS: Final = "error_class"
    ERROR_MESSAGE: Final = "error_message"
    STAGE: Final = "stage"
    ATTEMPTS: Final = "attempts"
    FIRST_SEEN: Final = "first_seen"
