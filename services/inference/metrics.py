"""What Prometheus reads at `/metrics`: how the service does, and what its models say."""

import time
from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.inference.messages import RetryPlan, Score, Task

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
SCORES: Final = tuple(tenth / 10 for tenth in range(1, 11))
"""Tenths: fine enough to compare the distribution of today with that of last week."""


class Metrics:
    """The metrics of one application, in a registry of its own: two in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter("inference_requests", "Requests", ["endpoint", "status"], registry=self.registry)
        self._seconds = Histogram(
            "inference_request_seconds", "Time to answer", ["endpoint"], buckets=SECONDS, registry=self.registry
        )
        self._rows = Counter("inference_rows", "Payments answered for", ["task"], registry=self.registry)
        self._scores = Histogram(
            "inference_score", "Scores", ["task", "model", "version"], buckets=SCORES, registry=self.registry
        )
        self._errors = Counter(
            "inference_model_errors", "Answers that a model owes", ["task", "model", "version"], registry=self.registry
        )

    def requested(self, endpoint: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(endpoint, str(status)).inc()
        self._seconds.labels(endpoint).observe(seconds)

    def answered(self, task: Task, answers: Iterable[Score | RetryPlan]) -> None:
        """Count the rows of one request, which one model answered, and note their scores."""
        rows = 0
        for rows, answer in enumerate(answers, 1):  # noqa: B007 - the last number is how many there were
            if isinstance(answer, Score):
                self._scores.labels(task, answer.model_name, answer.model_version).observe(answer.score)
        self._rows.labels(task).inc(rows)

    def failed(self, task: Task, model: str, version: str) -> None:
        """Count a request that its model did not answer."""
        self._errors.labels(task, model, version).inc()


class Measured:
    """ASGI middleware: counts and times every request, under its route, so that made-up paths make no new series."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note_status)
        finally:
            endpoint = getattr(scope.get("route"), "path", "other")
            self._metrics.requested(endpoint, status, time.perf_counter() - began)
