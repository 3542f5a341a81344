"""The two bronze tables. The orchestrator writes them, the ingestion reads them; Alembic's migrations create them."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()


def _now(name: str) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


def _loading() -> list[Column[Any]]:
    """How a row reaches Iceberg: its batch is written down before the load, the flag is set after the commit."""
    return [
        Column("load_batch_id", String(36)),
        Column("loaded_to_iceberg", Boolean, nullable=False, server_default=text("false")),
        Column("loaded_at", DateTime(timezone=True)),
    ]


payment_events = Table(
    "payment_events",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Text, nullable=False, unique=True),
    Column("provider", Text, nullable=False),
    Column("provider_event_id", Text, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("payment_intent_id", Text),
    Column("charge_id", Text),
    Column("merchant_id", Text, nullable=False),
    Column("customer_id", Text),
    Column("amount_cents", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount", Numeric(20, 4), nullable=False),
    Column("payment_method_type", Text),
    Column("card_brand", Text),
    Column("card_last_four", Text),
    Column("card_country", Text),
    Column("status", Text, nullable=False),
    Column("failure_code", Text),
    Column("failure_message", Text),
    Column("attempt_number", Integer, nullable=False),
    Column("provider_created_at", DateTime(timezone=True), nullable=False),
    Column("normalized_at", DateTime(timezone=True), nullable=False),
    Column("metadata", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("schema_version", Integer, nullable=False),
    Column("source", Text, nullable=False, server_default="gateway"),
    Column("fraud_score", Float),
    Column("risk_level", Text),
    Column("fraud_model_version", Text),
    Column("churn_score", Float),
    Column("churn_risk_level", Text),
    Column("churn_model_version", Text),
    Column("retry_strategy", Text),
    Column("retry_delay_seconds", Integer),
    Column("retry_model_version", Text),
    Column("validation_status", Text, nullable=False),
    Column("processed_at", DateTime(timezone=True), nullable=False),
    _now("ingested_at"),
    *_loading(),
    Index("payment_events_unloaded", "id", postgresql_where=text("NOT loaded_to_iceberg")),
    Index("payment_events_load_batch", "load_batch_id", postgresql_where=text("NOT loaded_to_iceberg")),
)

payment_events_quarantine = Table(
    "payment_events_quarantine",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("quarantine_id", Text, nullable=False, unique=True, comment="topic:partition:offset, or the event id"),
    Column("event_id", Text, comment="null where the payload has none that can be read"),
    Column("payload", Text, nullable=False, comment="as received; UTF-8 with replacement characters"),
    Column("reason", Text, nullable=False),
    Column("errors", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("stage", Text, nullable=False),
    Column("source_topic", Text),
    Column("source_partition", Integer),
    Column("source_offset", BigInteger),
    Column("first_seen_at", DateTime(timezone=True)),
    Column("review_status", Text, nullable=False, server_default="open"),
    Column("reviewed_by", Text),
    Column("reviewed_at", DateTime(timezone=True)),
    Column("review_note", Text),
    _now("ingested_at"),
    *_loading(),
    CheckConstraint("review_status IN ('open', 'replayed', 'resolved', 'rejected')", name="review_status_known"),
    CheckConstraint(
        "review_status = 'open' OR num_nonnulls(nullif(reviewed_by, ''), reviewed_at) = 2", name="review_signed"
    ),
    Index("payment_events_quarantine_unloaded", "id", postgresql_where=text("NOT loaded_to_iceberg")),
    Index("payment_events_quarantine_load_batch", "load_batch_id", postgresql_where=text("NOT loaded_to_iceberg")),
    Index("payment_events_quarantine_open", "id", postgresql_where=text("review_status = 'open'")),
)
