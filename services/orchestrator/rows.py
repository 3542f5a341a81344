"""Rows of the two bronze tables, as plain dictionaries from column to value."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from services.contracts.events import encode
from services.orchestrator.messages import Assessed, Rejected, Source, Violation

Row = dict[str, Any]

STAGE = "orchestrate"


def storable(text: str) -> str:
    """Return the text as PostgreSQL can keep it: without NUL characters and without halves of surrogate pairs."""
    return text.replace("\x00", "").encode(errors="replace").decode()


def event_row(assessed: Assessed) -> Row:
    """Return the row of payment_events."""
    retry = assessed.retry
    return msgspec.structs.asdict(assessed.payment.event) | {
        "fraud_score": assessed.fraud.score,
        "risk_level": assessed.fraud.risk_level,
        "fraud_model_version": assessed.fraud.model_version,
        "churn_score": assessed.churn.score,
        "churn_risk_level": assessed.churn.risk_level,
        "churn_model_version": assessed.churn.model_version,
        "retry_strategy": retry.strategy if retry else None,
        "retry_delay_seconds": retry.delay_seconds if retry else None,
        "retry_model_version": retry.model_version if retry else None,
        "validation_status": "valid",
        "processed_at": assessed.processed_at,
    }


def rejected_row(rejected: Rejected) -> Row:
    """Return the row of payment_events_quarantine for an event that the workflow rejects."""
    event = rejected.payment.event
    return quarantine_row(
        rejected.payment.source,
        event_id=event.event_id,
        payload=encode(event),
        reason=rejected.reason,
        violations=rejected.violations,
        stage=STAGE,
        first_seen_at=event.normalized_at,
    )


def quarantine_row(  # noqa: PLR0913 - one argument per column
    source: Source,
    *,
    event_id: str | None,
    payload: bytes,
    reason: str,
    violations: Sequence[Violation],
    stage: str,
    first_seen_at: datetime | None,
) -> Row:
    """Return a row of payment_events_quarantine that PostgreSQL takes whatever the texts hold."""
    return {
        "quarantine_id": str(source),
        "event_id": None if event_id is None else storable(event_id),
        "payload": storable(payload.decode(errors="replace")),
        "reason": storable(reason),
        "errors": [{"field": storable(each.field), "message": storable(each.message)} for each in violations],
        "stage": storable(stage),
        "source_topic": source.topic,
        "source_partition": source.partition,
        "source_offset": source.offset,
        "first_seen_at": first_seen_at,
    }
