"""The HTTP application: each question, alone and in bulk, and what operators ask.

The endpoints read and write through msgspec instead of FastAPI's own models: `openapi` tells FastAPI what they take.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.inference import refusals
from services.inference.errors import ModelError
from services.inference.lane import Lane
from services.inference.messages import PaymentFeatures, Payments, RetryPlan, Score
from services.inference.metrics import Measured, Metrics
from services.inference.models import ModelSource
from services.inference.openapi import described, with_schemas
from services.inference.payload import decode, read_json
from services.inference.questions import QUESTIONS, Question
from services.inference.settings import Limits

_ONE = msgspec.json.Decoder(PaymentFeatures)
_BULK = msgspec.json.Decoder(Payments)
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True)
class Endpoint:
    """One question over HTTP."""

    question: Question
    models: ModelSource
    lane: Lane
    metrics: Metrics
    max_body_bytes: int

    async def one(self, request: Request) -> Response:
        """Answer for one payment: a batch of one."""
        payment = decode(_ONE, await read_json(request, max_bytes=self.max_body_bytes))
        [answer] = await self._ask([payment])
        return _json(answer)

    async def bulk(self, request: Request) -> Response:
        """Answer for up to 1000 payments, in their order."""
        payments = decode(_BULK, await read_json(request, max_bytes=self.max_body_bytes)).payments
        return _json({"results": await self._ask(payments)})

    async def _ask(self, payments: Sequence[PaymentFeatures]) -> Sequence[Score | RetryPlan]:
        task = self.question.task
        try:
            answers = await self.lane.run(self.question.ask, self.models.current(), payments)
        except ModelError as error:
            self.metrics.failed(task, error.model, error.version)
            raise
        self.metrics.answered(task, answers)
        return answers


def create_app(models: ModelSource, limits: Limits = Limits()) -> FastAPI:  # noqa: B008 - frozen
    """Return the application that answers with these models."""
    metrics = Metrics()
    lanes = {
        question.task: Lane(question.task, max_waiting=limits.max_waiting, timeout_s=limits.answer_timeout_s)
        for question in QUESTIONS
    }

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        for lane in lanes.values():
            lane.close()

    app = FastAPI(
        title="Inference",
        description="Fraud, churn and retry answers for payment events.",
        docs_url=None,  # these pages load their scripts from the internet
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        exception_handlers=refusals.HANDLERS,
    )
    app.add_middleware(Measured, metrics=metrics)
    for question in QUESTIONS:
        endpoint = Endpoint(question, models, lanes[question.task], metrics, limits.max_body_bytes)
        app.post(question.path, **described(question, bulk=False))(endpoint.one)
        app.post(f"{question.path}/bulk", **described(question, bulk=True))(endpoint.bulk)

    @app.get("/models")
    async def describe_models() -> Response:
        """Which models answer: name, version, where from, since when, the fields they read, the levels of risk."""
        return _json(models.current().describe())

    @app.get("/healthz")
    async def healthz() -> Response:
        """The process is alive."""
        return _json({"status": "ok"})

    @app.get("/readyz")
    async def readyz() -> Response:
        """There are models to answer with."""
        models.current()
        return _json({"status": "ready"})

    @app.get("/metrics")
    async def prometheus() -> Response:
        """What Prometheus reads."""
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return with_schemas(app)


def _json(answer: Any) -> Response:  # noqa: ANN401 - whatever msgspec encodes
    return Response(_encoder.encode(answer), media_type="application/json")
