"""From a record in Kafka through a real workflow to a row in PostgreSQL."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from temporalio import activity
from temporalio.client import WorkflowExecutionStatus

from services.orchestrator.messages import Payment, Score, Source
from services.orchestrator.temporal import TemporalWorkflows, connect, workflow_id
from services.orchestrator.workflow import ProcessPayment
from tests.integration.orchestrator.harness import Harness, an_event

pytestmark = pytest.mark.integration


async def test_an_event_is_stored_with_its_scores(orchestrator: Harness) -> None:
    event = an_event(amount_cents=123_456, amount=Decimal("1234.56"))
    async with orchestrator.running():
        await orchestrator.send(event)
        [row] = await orchestrator.rows("payment_events", at_least=1)

    assert row["event_id"] == event.event_id
    assert (row["amount_cents"], row["amount"]) == (123_456, Decimal("1234.56"))
    assert (row["fraud_model_version"], row["churn_model_version"]) == ("baseline-rules-1", "baseline-rules-1")
    assert row["risk_level"] == row["churn_risk_level"] == "low"
    assert row["retry_strategy"] is None
    assert (row["source"], row["validation_status"], row["metadata"]) == ("gateway", "valid", {"order": "7"})


async def test_a_failed_payment_gets_a_plan_to_retry_it(orchestrator: Harness) -> None:
    async with orchestrator.running():
        await orchestrator.send(
            an_event(event_type="charge.failed", status="failed", failure_code="insufficient_funds")
        )
        [row] = await orchestrator.rows("payment_events", at_least=1)

    assert (row["retry_strategy"], row["retry_delay_seconds"]) == ("retry_after_payday", 259_200)
    assert row["retry_model_version"] == "baseline-rules-1"


async def test_same_event_three_times_is_one_workflow_and_one_row(orchestrator: Harness) -> None:
    event, marker = an_event(), an_event()
    async with orchestrator.running():
        await orchestrator.send(event, event, event)
        await orchestrator.rows("payment_events", at_least=1)
        await orchestrator.send(event, marker)
        rows = await orchestrator.rows("payment_events", at_least=2)

    client = await connect(orchestrator.settings.temporal)
    query = f"WorkflowId = '{workflow_id(event.event_id)}'"
    assert [row["event_id"] for row in rows] == [event.event_id, marker.event_id]
    assert (await client.count_workflows(query)).count == 1


async def test_a_workflow_that_exists_is_not_started_again(orchestrator: Harness) -> None:
    client = await connect(orchestrator.settings.temporal)
    workflows = TemporalWorkflows(client, ProcessPayment, orchestrator.settings.temporal.task_queue)
    payment = Payment(an_event(), Source("t", 0, 1))

    assert await workflows.start(payment) is True
    assert await workflows.start(payment) is False
    await client.get_workflow_handle(workflow_id(payment.event.event_id)).terminate("the test is over")
    assert await workflows.start(payment) is False


async def test_without_inference_the_event_is_stored_with_a_fallback_that_says_so(
    orchestrator_without_inference: Harness,
) -> None:
    event = an_event(event_type="payment_intent.payment_failed", status="requires_payment_method")
    async with orchestrator_without_inference.running():
        await orchestrator_without_inference.send(event)
        [row] = await orchestrator_without_inference.rows("payment_events", at_least=1)

    versions = [row[f"{model}_model_version"] for model in ("fraud", "churn", "retry")]
    assert versions == ["fallback"] * 3
    assert (row["fraud_score"], row["risk_level"], row["retry_strategy"]) == (0.5, "medium", "retry_next_day")


async def test_an_event_that_breaks_a_rule_is_quarantined_with_the_field(orchestrator: Harness) -> None:
    broken = {
        "amount_cents": an_event(amount_cents=-1),
        "currency": an_event(currency="XXZ"),
        "provider_created_at": an_event(provider_created_at=datetime.now(UTC) + timedelta(days=2)),
        "payment_intent_id": an_event(payment_intent_id=None),
    }
    async with orchestrator.running():
        await orchestrator.send(*broken.values())
        rows = await orchestrator.rows("payment_events_quarantine", at_least=len(broken))

    told = {row["event_id"]: [error["field"] for error in row["errors"]] for row in rows}
    assert told == {event.event_id: [field] for field, event in broken.items()}
    assert {(row["reason"], row["stage"]) for row in rows} == {("business rules", "orchestrate")}
    assert {row["source_topic"] for row in rows} == {orchestrator.settings.events_topic}
    assert await orchestrator.rows("payment_events", at_least=0) == []


async def test_refund_before_success_stores_both_as_they_came(orchestrator: Harness) -> None:
    refund = an_event(event_type="charge.refunded", status="succeeded", payment_intent_id="pi_early")
    success = an_event(payment_intent_id="pi_early")
    async with orchestrator.running():
        await orchestrator.send(refund)
        await orchestrator.rows("payment_events", at_least=1)
        await orchestrator.send(success)
        rows = await orchestrator.rows("payment_events", at_least=2)

    told = [(row["event_type"], row["payment_intent_id"]) for row in rows]
    assert told == [("charge.refunded", "pi_early"), ("payment_intent.succeeded", "pi_early")]


async def test_a_record_that_is_no_unified_event_is_quarantined_and_the_next_one_stored(orchestrator: Harness) -> None:
    event, garbage = an_event(), [b"no json", b"\xff\x00", b'{"event_id": "stripe:evt_1"}', b""]
    async with orchestrator.running():
        for value in garbage:
            await orchestrator.send_bytes(value)
        await orchestrator.send(event)
        rows = await orchestrator.rows("payment_events_quarantine", at_least=len(garbage))
        [stored] = await orchestrator.rows("payment_events", at_least=1)

    assert sorted(row["payload"] for row in rows) == ["", "no json", '{"event_id": "stripe:evt_1"}', "\ufffd"]
    assert {(row["source_topic"], row["stage"]) for row in rows} == {
        (orchestrator.settings.events_topic, "orchestrate")
    }
    assert stored["event_id"] == event.event_id


async def test_a_replaced_activity_runs_in_the_real_workflow(orchestrator: Harness) -> None:
    @activity.defn(name="score_fraud")
    async def mine(payment: Payment) -> Score:
        return Score(0.75, "high", f"mine-{payment.event.currency}")

    async with orchestrator.running(activities={"score_fraud": mine}):
        await orchestrator.send(an_event())
        [row] = await orchestrator.rows("payment_events", at_least=1)

    assert (row["fraud_score"], row["fraud_model_version"]) == (0.75, "mine-USD")


async def test_a_suspected_fraud_is_not_tried_again(orchestrator: Harness) -> None:
    @activity.defn(name="score_fraud")
    async def suspicious(_: Payment) -> Score:
        return Score(0.95, "high", "mine")

    async with orchestrator.running(activities={"score_fraud": suspicious}):
        await orchestrator.send(an_event(event_type="charge.failed", status="failed", failure_code="processing_error"))
        [row] = await orchestrator.rows("payment_events", at_least=1)

    plan = (row["retry_strategy"], row["retry_delay_seconds"], row["retry_model_version"])
    assert plan == ("do_not_retry", None, "fraud-rule-1")


async def test_a_check_that_always_fails_loses_no_event(orchestrator: Harness) -> None:
    @activity.defn(name="validate_business_rules")
    async def broken(payment: Payment) -> list[str]:  # noqa: ARG001 - the activity's signature
        raise ZeroDivisionError

    async with orchestrator.running(activities={"validate_business_rules": broken}):
        await orchestrator.send(an_event())
        [row] = await orchestrator.rows("payment_events_quarantine", at_least=1)

    assert row["reason"] == "the business rules could not be checked"


async def test_what_was_not_read_before_a_restart_is_read_after_it(orchestrator: Harness) -> None:
    before, after = an_event(), an_event()
    async with orchestrator.running():
        await orchestrator.send(before)
        await orchestrator.rows("payment_events", at_least=1)
    await orchestrator.send(after)
    async with orchestrator.running():
        rows = await orchestrator.rows("payment_events", at_least=2)

    assert [row["event_id"] for row in rows] == [before.event_id, after.event_id]


async def test_a_payment_costs_one_workflow_task(orchestrator: Harness) -> None:
    event = an_event(event_type="charge.failed", status="failed", failure_code="do_not_honor")
    async with orchestrator.running():
        await orchestrator.send(event)
        await orchestrator.rows("payment_events", at_least=1)
        client = await connect(orchestrator.settings.temporal)
        handle = client.get_workflow_handle(workflow_id(event.event_id))
        assert await handle.result() == "stored"

    described = await handle.describe()
    history = await handle.fetch_history()
    kinds = [kind.WhichOneof("attributes") for kind in history.events]
    assert described.status is WorkflowExecutionStatus.COMPLETED
    assert kinds.count("workflow_task_completed_event_attributes") == 1
