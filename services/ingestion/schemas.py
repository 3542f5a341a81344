"""The Iceberg schemas, field by field.

A field's id is its position: new fields go to the end, and no line is ever moved or removed. `load_batch_id` is a
column as well as a snapshot property, so that a batch is found even after its snapshot has expired.
"""

from typing import Final

from pyiceberg.schema import Schema
from pyiceberg.types import (
    DecimalType,
    DoubleType,
    IcebergType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestamptzType,
)

_TEXT, _INT, _LONG, _DOUBLE, _TIME = StringType(), IntegerType(), LongType(), DoubleType(), TimestamptzType()
_MONEY = DecimalType(20, 4)


def _schema(key: str, *fields: tuple[str, IcebergType, bool, str]) -> Schema:
    """Return a schema of (name, type, required, doc) whose identifier field is `key`."""
    nested = [
        NestedField(field_id, name, field_type, required=required, doc=doc)
        for field_id, (name, field_type, required, doc) in enumerate(fields, start=1)
    ]
    return Schema(*nested, identifier_field_ids=[field.field_id for field in nested if field.name == key])


PAYMENT_EVENTS_SCHEMA: Final = _schema(
    "event_id",
    ("event_id", _TEXT, True, "Platform-wide id: `stripe:` and Stripe's evt_ id"),
    ("provider", _TEXT, True, "Who told us: stripe"),
    ("provider_event_id", _TEXT, True, "The provider's own event id"),
    ("event_type", _TEXT, True, "The provider's event type, such as charge.succeeded"),
    ("payment_intent_id", _TEXT, False, "The payment intent; this or charge_id is set"),
    ("charge_id", _TEXT, False, "The charge; this or payment_intent_id is set"),
    ("merchant_id", _TEXT, True, "The merchant, or the platform's own id"),
    ("customer_id", _TEXT, False, "The customer; null for a guest"),
    ("amount_cents", _LONG, True, "The integer that Stripe sends, in the currency's smallest unit"),
    ("currency", _TEXT, True, "ISO 4217 code, as the normalizer writes it"),
    ("amount", _MONEY, True, "The same amount, exact, in major units"),
    ("payment_method_type", _TEXT, False, "card, sepa_debit, ..."),
    ("card_brand", _TEXT, False, "visa, mastercard, ..."),
    ("card_last_four", _TEXT, False, "Last four digits, as text"),
    ("card_country", _TEXT, False, "ISO 3166 alpha-2 country of the card"),
    ("status", _TEXT, True, "What the event says about the payment"),
    ("failure_code", _TEXT, False, "The provider's failure code"),
    ("failure_message", _TEXT, False, "The provider's failure message"),
    ("attempt_number", _INT, True, "1 for the first attempt at this payment"),
    ("provider_created_at", _TIME, True, "When the provider created the event"),
    ("normalized_at", _TIME, True, "When the normalizer emitted it"),
    ("metadata", _TEXT, True, "The provider's metadata, a JSON object as text"),
    ("schema_version", _INT, True, "Version of the unified event"),
    ("source", _TEXT, True, "How it entered: gateway, or history (bulk)"),
    ("fraud_score", _DOUBLE, False, "Probability of fraud, 0 to 1"),
    ("risk_level", _TEXT, False, "The fraud score as a level"),
    ("fraud_model_version", _TEXT, False, "The model, baseline or fallback that scored"),
    ("churn_score", _DOUBLE, False, "Probability of churn, 0 to 1"),
    ("churn_risk_level", _TEXT, False, "The churn score as a level"),
    ("churn_model_version", _TEXT, False, "The model, baseline or fallback that scored"),
    ("retry_strategy", _TEXT, False, "How to retry; failed payments only"),
    ("retry_delay_seconds", _INT, False, "How long to wait before the retry, in seconds"),
    ("retry_model_version", _TEXT, False, "The model, baseline or fallback that planned"),
    ("validation_status", _TEXT, True, "Outcome of the business rules"),
    ("processed_at", _TIME, True, "When the workflow finished with it"),
    ("ingested_at", _TIME, True, "When bronze stored it; its UTC day is the partition"),
    ("load_batch_id", _TEXT, True, "The batch, and so the commit, that brought it here"),
)

QUARANTINE_SCHEMA: Final = _schema(
    "quarantine_id",
    ("quarantine_id", _TEXT, True, "topic:partition:offset, or the event id"),
    ("event_id", _TEXT, False, "Null where the payload has none that can be read"),
    ("payload", _TEXT, True, "As received; UTF-8 with replacement characters"),
    ("reason", _TEXT, True, "Why it is here, one word or class"),
    ("errors", _TEXT, True, "Every finding, a JSON array as text"),
    ("stage", _TEXT, True, "Which step refused it"),
    ("source_topic", _TEXT, False, "Kafka topic it came from"),
    ("source_partition", _INT, False, "Kafka partition it came from"),
    ("source_offset", _LONG, False, "Kafka offset it came from"),
    ("first_seen_at", _TIME, False, "When it was first refused"),
    ("review_status", _TEXT, True, "Review state when it was loaded"),
    ("reviewed_by", _TEXT, False, "Reviewer when it was loaded"),
    ("reviewed_at", _TIME, False, "Time of review when it was loaded"),
    ("review_note", _TEXT, False, "Note when it was loaded"),
    ("ingested_at", _TIME, True, "When bronze stored it; its UTC day is the partition"),
    ("load_batch_id", _TEXT, True, "The batch, and so the commit, that brought it here"),
)
