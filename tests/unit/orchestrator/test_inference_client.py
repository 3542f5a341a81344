"""The client against the real application, in process: the two agree on the contract."""

from collections.abc import Callable

import httpx
import msgspec
import pytest

from services.contracts.events import UnifiedEvent
from services.inference.app import create_app
from services.inference.bootstrap import baseline
from services.orchestrator.errors import RequestRefusedError
from services.orchestrator.inference_client import InferenceClient

Event = Callable[..., UnifiedEvent]


def client_of(transport: httpx.AsyncBaseTransport) -> InferenceClient:
    return InferenceClient(httpx.AsyncClient(transport=transport, base_url="http://inference"))


def real() -> InferenceClient:
    return client_of(httpx.ASGITransport(create_app(baseline())))


def answering(status: int, body: str) -> InferenceClient:
    return client_of(httpx.MockTransport(lambda _: httpx.Response(status, text=body)))


async def test_the_real_service_answers_all_three_questions(event: Event) -> None:
    failed = event(event_type="charge.failed", status="failed", failure_code="insufficient_funds")

    assert (await real().score_fraud(failed)).risk_level == "low"
    assert (await real().predict_churn(failed)).model_version == "baseline-rules-1"
    assert (await real().plan_retry(failed)).delay_seconds == 259_200


async def test_a_refusal_of_the_real_service_is_final(event: Event) -> None:
    with pytest.raises(RequestRefusedError, match="422"):
        await real().score_fraud(event(amount_cents=2**63))


async def test_a_server_error_may_pass(event: Event) -> None:
    with pytest.raises(httpx.HTTPStatusError):
        await answering(503, "").score_fraud(event())


@pytest.mark.parametrize("body", ["", "{}", '{"score": 7, "risk_level": "low", "model_version": "1"}'])
async def test_an_answer_that_is_no_score_is_an_error(event: Event, body: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        await answering(200, body).score_fraud(event())
