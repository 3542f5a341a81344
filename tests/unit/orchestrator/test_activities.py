"""The activities by themselves, in Temporal's environment for that."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from structlog.testing import capture_logs
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from services.contracts.events import UnifiedEvent
from services.orchestrator import fallback
from services.orchestrator.activities import Activities
from services.orchestrator.errors import BronzeAwayError, RequestRefusedError, RowRefusedError
from services.orchestrator.messages import Assessed, Payment, Rejected, RetryPlan, Score, Source, Violation
from services.orchestrator.policies import POLICIES
from tests.unit.orchestrator.fakes import TRACE_ID, TRACEPARENT, FakeBronze

Event = Callable[..., UnifiedEvent]
SCORE = Score(0.25, "low", "baseline-rules-1")
PLAN = RetryPlan("retry_soon", 900, "baseline-rules-1")


@dataclass
class FakeInference:
    """Answers, or fails with the error it is given."""

    error: Exception | None = None

    async def score_fraud(self, payment: Payment) -> Score:  # noqa: ARG002 - the port's signature
        self._fail()
        return SCORE

    async def predict_churn(self, payment: Payment) -> Score:  # noqa: ARG002 - the port's signature
        self._fail()
        return SCORE

    async def plan_retry(self, payment: Payment) -> RetryPlan:  # noqa: ARG002 - the port's signature
        self._fail()
        return PLAN

    def _fail(self) -> None:
        if self.error:
            raise self.error


def payment(event: UnifiedEvent) -> Payment:
    return Payment(event, Source("t", 0, 1), TRACEPARENT)


def activities(bronze: FakeBronze, now: datetime, error: Exception | None = None) -> Activities:
    return Activities(FakeInference(error), bronze, now=lambda: now)


@pytest.mark.parametrize(("name", "answer"), [("score_fraud", SCORE), ("predict_churn", SCORE), ("plan_retry", PLAN)])
async def test_a_question_is_answered_by_inference(
    event: Event, bronze: FakeBronze, now: datetime, name: str, answer: object
) -> None:
    question = activities(bronze, now).by_name()[name]
    assert await ActivityEnvironment().run(question, payment(event())) == answer


@pytest.mark.parametrize("name", ["score_fraud", "predict_churn", "plan_retry"])
async def test_a_refused_question_is_not_asked_again(
    event: Event, bronze: FakeBronze, now: datetime, name: str
) -> None:
    question = activities(bronze, now, RequestRefusedError("422")).by_name()[name]
    with pytest.raises(ApplicationError) as raised:
        await ActivityEnvironment().run(question, payment(event()))
    assert raised.value.non_retryable


@pytest.mark.parametrize("name", ["score_fraud", "predict_churn", "plan_retry"])
async def test_an_answer_that_did_not_come_may_be_asked_for_again(
    event: Event, bronze: FakeBronze, now: datetime, name: str
) -> None:
    question = activities(bronze, now, TimeoutError()).by_name()[name]
    with pytest.raises(TimeoutError):
        await ActivityEnvironment().run(question, payment(event()))


async def test_broken_rules_are_the_result_and_no_error(event: Event, bronze: FakeBronze, now: datetime) -> None:
    check = activities(bronze, now).validate_business_rules
    assert await ActivityEnvironment().run(check, payment(event(amount_cents=-1))) == [
        Violation("amount_cents", "is negative")
    ]


async def test_an_event_is_stored_with_its_scores(event: Event, bronze: FakeBronze, now: datetime) -> None:
    await ActivityEnvironment().run(
        activities(bronze, now).store_event, Assessed(payment(event()), SCORE, SCORE, PLAN, now)
    )
    assert bronze.stored[0]["fraud_score"] == 0.25
    assert bronze.stored[0]["retry_delay_seconds"] == 900


async def test_a_row_that_is_refused_for_good_is_not_tried_again(
    event: Event, bronze: FakeBronze, now: datetime
) -> None:
    bronze.errors.append(RowRefusedError("too long"))
    with pytest.raises(ApplicationError) as raised:
        await ActivityEnvironment().run(
            activities(bronze, now).store_event, Assessed(payment(event()), SCORE, SCORE, None, now)
        )
    assert raised.value.non_retryable


async def test_a_database_that_is_away_is_tried_again(event: Event, bronze: FakeBronze, now: datetime) -> None:
    bronze.errors.append(BronzeAwayError("payment_events: OperationalError"))
    with pytest.raises(BronzeAwayError):
        await ActivityEnvironment().run(
            activities(bronze, now).store_event, Assessed(payment(event()), SCORE, SCORE, None, now)
        )


async def test_a_rejected_event_is_quarantined(event: Event, bronze: FakeBronze, now: datetime) -> None:
    rejected = Rejected(payment(event()), "business rules", [Violation("currency", "is unknown")])
    await ActivityEnvironment().run(activities(bronze, now).quarantine_event, rejected)
    assert bronze.quarantined[0]["quarantine_id"] == "t:0:1"


async def test_a_row_is_logged_with_event_and_trace_once_bronze_has_it(
    event: Event, bronze: FakeBronze, now: datetime
) -> None:
    store = activities(bronze, now).store_event
    bronze.errors.append(BronzeAwayError("away"))
    with capture_logs() as logs:
        with pytest.raises(BronzeAwayError):
            await ActivityEnvironment().run(store, Assessed(payment(event()), SCORE, SCORE, None, now))
        assert logs == []
        await ActivityEnvironment().run(store, Assessed(payment(event()), SCORE, SCORE, None, now))
        await ActivityEnvironment().run(
            activities(bronze, now).quarantine_event, Rejected(payment(event()), "business rules", [])
        )
    keys = {"event_id": "stripe:evt_1", "trace_id": TRACE_ID, "log_level": "info"}
    assert logs == [{"event": "stored"} | keys, {"event": "quarantined", "reason": "business rules"} | keys]


def test_every_activity_has_a_policy(bronze: FakeBronze, now: datetime) -> None:
    assert set(activities(bronze, now).by_name()) == set(POLICIES)


def test_the_fallback_says_that_it_is_one() -> None:
    assert fallback.SCORE.model_version == fallback.RETRY_PLAN.model_version == "fallback"
