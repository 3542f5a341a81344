"""The client against the real application, and against answers that the real one should never give."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.contracts.events import UnifiedEvent
from services.orchestrator.errors import RequestRefusedError
from services.orchestrator.inference_client import InferenceClient
from services.orchestrator.messages import Payment, Source
from tests.unit.orchestrator.fakes import TRACEPARENT

Event = Callable[..., UnifiedEvent]
Answering = Callable[[web.Request], web.Response]
LOW = '{"score": 0.1, "risk_level": "low", "model_version": "1"}'


def payment(event: UnifiedEvent) -> Payment:
    return Payment(event, Source("t", 0, 1), TRACEPARENT)


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[InferenceClient]:
    async with aiohttp.ClientSession(url, timeout=aiohttp.ClientTimeout(total=0.5)) as http:
        yield InferenceClient(http)


@asynccontextmanager
async def answered(answer: Answering, *, after_s: float = 0) -> AsyncIterator[InferenceClient]:
    """Yield a client of a server on a free port, which answers every request like this."""

    async def handle(request: web.Request) -> web.Response:
        await request.read()
        await asyncio.sleep(after_s)
        return answer(request)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(application) as server, asking(str(server.make_url("/"))) as client:
        yield client


async def test_the_real_service_answers_all_three_questions(event: Event, inference_url: str) -> None:
    failed = payment(event(event_type="charge.failed", status="failed", failure_code="insufficient_funds"))

    async with asking(inference_url) as inference:
        assert (await inference.score_fraud(failed)).risk_level == "low"
        assert (await inference.predict_churn(failed)).model_version == "baseline-rules-1"
        assert (await inference.plan_retry(failed)).delay_seconds == 259_200


async def test_a_refusal_of_the_real_service_is_final(event: Event, inference_url: str) -> None:
    async with asking(inference_url) as inference:
        with pytest.raises(RequestRefusedError, match="422"):
            await inference.score_fraud(payment(event(amount_cents=2**63)))


async def test_the_trace_goes_along_with_each_question(event: Event) -> None:
    seen = []

    def answer(request: web.Request) -> web.Response:
        seen.append(request.headers["traceparent"])
        return web.Response(text=LOW)

    async with answered(answer) as inference:
        await inference.score_fraud(payment(event()))
        await inference.predict_churn(payment(event()))

    assert seen == [TRACEPARENT, TRACEPARENT]


@pytest.mark.parametrize("status", [500, 503])
async def test_a_server_error_may_pass(event: Event, status: int) -> None:
    async with answered(lambda _: web.Response(status=status)) as inference:
        with pytest.raises(aiohttp.ClientResponseError):
            await inference.score_fraud(payment(event()))


async def test_nobody_there_may_pass(event: Event) -> None:
    async with asking("http://127.0.0.1:1") as inference:
        with pytest.raises(aiohttp.ClientConnectionError):
            await inference.score_fraud(payment(event()))


async def test_an_answer_that_takes_too_long_may_pass(event: Event) -> None:
    async with answered(lambda _: web.Response(text=LOW), after_s=0.7) as inference:
        with pytest.raises(TimeoutError):
            await inference.score_fraud(payment(event()))


@pytest.mark.parametrize("body", ["", "{}", '{"score": 7, "risk_level": "low", "model_version": "1"}'])
async def test_an_answer_that_is_no_score_is_an_error(event: Event, body: str) -> None:
    async with answered(lambda _: web.Response(text=body)) as inference:
        with pytest.raises(msgspec.DecodeError):
            await inference.score_fraud(payment(event()))
