"""Every value at its column's limit, and one beyond: stored exactly, or quarantined with a reason; never swallowed."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
from temporalio import activity

from services.contracts.bronze.tables import payment_events
from services.contracts.events import UnifiedEvent
from services.orchestrator.messages import Payment, RetryPlan, Score
from tests.integration.orchestrator.harness import Harness, an_event

pytestmark = pytest.mark.integration

FAR: Final = "é漢💳" * 30_000
"""A text has no limit of its own but Kafka's for a record; beyond is a character that PostgreSQL cannot keep."""
NUL: Final = "a\x00b"
TODAY: Final = datetime.now(UTC) + timedelta(hours=23)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
INT: Final = 2**31 - 1
BIGINT: Final = 2**63 - 1

FAILED: Final = {"event_type": "charge.failed", "status": "failed"}


def an_id(length: int) -> str:
    return f"stripe:{uuid.uuid4().hex}".ljust(length, "x")


LIMITS: Final[dict[str, tuple[list[Any], list[Any]]]] = {
    "event_id": ([an_id(247)], [an_id(248)]),  # `payment-` and it make a workflow's id, of at most 255 bytes
    "currency": (["USD"], ["USDX", "US"]),
    "amount_cents": ([0, BIGINT], [-1, BIGINT + 1]),
    "amount": (
        [Decimal(0), Decimal("9999999999999999.9999")],
        [Decimal("-0.0001"), Decimal(10) ** 16, Decimal("0.00001")],
    ),
    "attempt_number": ([-INT - 1, INT], [-INT - 2, INT + 1]),
    "schema_version": ([-INT - 1, INT], [-INT - 2, INT + 1]),
    "provider_created_at": (
        [EPOCH, TODAY],
        [EPOCH - timedelta.resolution, TODAY + timedelta(days=1)],
    ),
    "normalized_at": ([EPOCH, TODAY], [EPOCH - timedelta.resolution, TODAY + timedelta(days=1)]),
    "metadata": ([{}, {"note": FAR}], [{"note": NUL}, {NUL: "a"}]),
    **{
        name: (["", FAR], [NUL])
        for name, column in payment_events.columns.items()
        if str(column.type) == "TEXT" and name in UnifiedEvent.__struct_fields__ and name != "event_id"
    },
}
ANSWERS: Final[dict[str, tuple[list[Any], list[Any]]]] = {
    "fraud_score": ([0.0, 1.0, 5e-324], []),  # a float of ours is one of PostgreSQL's: there is none beyond
    "churn_score": ([0.0, 1.0, 5e-324], []),
    "retry_delay_seconds": ([None, INT], [INT + 1]),
    **{name: (["", FAR], [NUL]) for name in ("risk_level", "churn_risk_level", "retry_strategy")},
    **{f"{model}_model_version": (["", FAR], [NUL]) for model in ("fraud", "churn", "retry")},
}
OURS: Final = {"id", "source", "validation_status", "processed_at", "ingested_at", "load_batch_id"} | {
    "loaded_to_iceberg",
    "loaded_at",
}
"""Columns that no event and no answer of inference reaches."""


def test_every_column_has_its_limits_tested() -> None:
    assert set(payment_events.columns.keys()) == LIMITS.keys() | ANSWERS.keys() | OURS


@dataclass(frozen=True)
class Case:
    """A value, and the event that brings it to its column."""

    column: str
    value: Any
    fits: bool
    event: UnifiedEvent


def cases() -> list[Case]:
    return [
        Case(column, value, fits, an_event(**({column: value} if column in LIMITS else FAILED)))
        for column, pair in (LIMITS | ANSWERS).items()
        for fits, values in zip((True, False), pair, strict=True)
        for value in values
    ]


def answering(wanted: list[Case]) -> dict[str, Callable[..., Awaitable[Score | RetryPlan]]]:
    """Replace inference: each case of `ANSWERS` gets its value in the field that ends in its column."""
    by_event = {case.event.event_id: {case.column: case.value} for case in wanted if case.column in ANSWERS}

    def score(payment: Payment, columns: tuple[str, str, str]) -> Score:
        given = by_event.get(payment.event.event_id, {})
        return Score(*(given.get(column, usual) for column, usual in zip(columns, (0.1, "low", "1"), strict=True)))

    @activity.defn(name="score_fraud")
    async def fraud(payment: Payment) -> Score:
        return score(payment, ("fraud_score", "risk_level", "fraud_model_version"))

    @activity.defn(name="predict_churn")
    async def churn(payment: Payment) -> Score:
        return score(payment, ("churn_score", "churn_risk_level", "churn_model_version"))

    @activity.defn(name="plan_retry")
    async def retry(payment: Payment) -> RetryPlan:
        usual: dict[str, Any] = {"retry_strategy": "soon", "retry_delay_seconds": 1, "retry_model_version": "1"}
        return RetryPlan(*(usual | by_event.get(payment.event.event_id, {})).values())

    return {"score_fraud": fraud, "predict_churn": churn, "plan_retry": retry}


async def test_every_value_at_its_columns_limit_is_stored_and_one_beyond_is_quarantined(
    orchestrator: Harness, subtests: pytest.Subtests
) -> None:
    wanted = cases()
    beyond = sum(not case.fits for case in wanted)
    async with orchestrator.running(activities=answering(wanted)):
        await orchestrator.send(*(case.event for case in wanted))
        refused = await orchestrator.rows("payment_events_quarantine", at_least=beyond)
        stored = await orchestrator.rows("payment_events", at_least=len(wanted) - beyond)

    kept = {row["event_id"]: row for row in stored}
    reasons = {row["event_id"]: row["errors"] for row in refused}
    assert len(stored) + len(refused) == len(wanted)
    for case in wanted:
        with subtests.test(case.column, value=repr(case.value)[:40], fits=case.fits):
            if case.fits:
                assert kept[case.event.event_id][case.column] == case.value
            else:
                assert reasons[case.event.event_id]
