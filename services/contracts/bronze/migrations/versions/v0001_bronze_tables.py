"""Create the two bronze tables with the indices that the ingestion reads by."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

UNLOADED = sa.text("NOT loaded_to_iceberg")


def upgrade() -> None:
    """Create payment_events and payment_events_quarantine."""
    _create_payment_events()
    _create_quarantine()


def downgrade() -> None:
    """Drop both tables and their rows."""
    op.drop_table("payment_events_quarantine")
    op.drop_table("payment_events")


def _loading() -> list[sa.Column[Any]]:
    return [
        sa.Column("load_batch_id", sa.String(36)),
        sa.Column("loaded_to_iceberg", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("loaded_at", sa.DateTime(timezone=True)),
    ]


def _create_payment_events() -> None:
    op.create_table(
        "payment_events",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("provider_event_id", sa.Text, nullable=False),
        sa.Column("event_type", sa.Text, nullable=False),
        sa.Column("payment_intent_id", sa.Text),
        sa.Column("charge_id", sa.Text),
        sa.Column("merchant_id", sa.Text, nullable=False),
        sa.Column("customer_id", sa.Text),
        sa.Column("amount_cents", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount", sa.Numeric(20, 4), nullable=False),
        sa.Column("payment_method_type", sa.Text),
        sa.Column("card_brand", sa.Text),
        sa.Column("card_last_four", sa.Text),
        sa.Column("card_country", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("failure_code", sa.Text),
        sa.Column("failure_message", sa.Text),
        sa.Column("attempt_number", sa.Integer, nullable=False),
        sa.Column("provider_created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("normalized_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("metadata", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
        sa.Column("schema_version", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False, server_default="gateway"),
        sa.Column("fraud_score", sa.Float),
        sa.Column("risk_level", sa.Text),
        sa.Column("fraud_model_version", sa.Text),
        sa.Column("churn_score", sa.Float),
        sa.Column("churn_risk_level", sa.Text),
        sa.Column("churn_model_version", sa.Text),
        sa.Column("retry_strategy", sa.Text),
        sa.Column("retry_delay_seconds", sa.Integer),
        sa.Column("retry_model_version", sa.Text),
        sa.Column("validation_status", sa.Text, nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        *_loading(),
        sa.UniqueConstraint("event_id"),
    )
    op.create_index("payment_events_unloaded", "payment_events", ["id"], postgresql_where=UNLOADED)
    op.create_index("payment_events_load_batch", "payment_events", ["load_batch_id"], postgresql_where=UNLOADED)


def _create_quarantine() -> None:
    op.create_table(
        "payment_events_quarantine",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("quarantine_id", sa.Text, nullable=False, comment="topic:partition:offset, or the event id"),
        sa.Column("event_id", sa.Text, comment="null where the payload has none that can be read"),
        sa.Column("payload", sa.Text, nullable=False, comment="as received; UTF-8 with replacement characters"),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("errors", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("source_topic", sa.Text),
        sa.Column("source_partition", sa.Integer),
        sa.Column("source_offset", sa.BigInteger),
        sa.Column("first_seen_at", sa.DateTime(timezone=True)),
        sa.Column("review_status", sa.Text, nullable=False, server_default="open"),
        sa.Column("reviewed_by", sa.Text),
        sa.Column("reviewed_at", sa.DateTime(timezone=True)),
        sa.Column("review_note", sa.Text),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        *_loading(),
        sa.UniqueConstraint("quarantine_id"),
    )
    op.create_index(
        "payment_events_quarantine_unloaded", "payment_events_quarantine", ["id"], postgresql_where=UNLOADED
    )
