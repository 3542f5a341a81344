"""The HTTP side of the gateway.

Starlette serves everything but the webhook itself, which is plain ASGI (https://asgi.readthedocs.io): its requests are
the ones that count, and routing, middleware and request objects would take as long as all the rest of the work.
"""

import traceback
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

import msgspec
import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from services.contracts import tracing
from services.gateway.body import Bodies
from services.gateway.errors import GatewayError, UnexpectedError
from services.gateway.metrics import Metrics
from services.gateway.webhooks import Accepted, WebhookHandler

PATH: Final = "/webhooks/stripe"

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


class WebhookEndpoint:
    """`POST /webhooks/stripe`: 200 with the topic once Kafka has the event; the refusals are those of `errors`."""

    def __init__(self, handler: WebhookHandler, bodies: Bodies, metrics: Metrics) -> None:
        self._handler = handler
        self._bodies = bodies
        self._metrics = metrics
        self._log = structlog.get_logger().bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        trace = tracing.begin()
        trace_id = tracing.trace_id(trace)
        self._metrics.in_flight += 1
        try:
            accepted = await self._accept(scope, receive, trace)
        except GatewayError as error:
            await self._refuse(error, trace_id, send)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a 500, and never an acceptance
            # The frames without the message, which could quote the body or the secret.
            where = "".join(traceback.format_tb(error.__traceback__))
            self._log.error("failed", trace_id=trace_id, error_class=type(error).__name__, traceback=where)
            await self._refuse(UnexpectedError(f"the gateway failed: {type(error).__name__}"), trace_id, send)
        else:
            self._metrics.accepted(accepted.topic)
            self._log.info(
                "accepted",
                event_id=accepted.event_id,
                trace_id=trace_id,
                event_type=accepted.event_type,
                topic=accepted.topic,
            )
            await _answer(send, 200, {"event_id": accepted.event_id, "topic": accepted.topic, "trace_id": trace_id})
        finally:
            self._metrics.in_flight -= 1

    async def _accept(self, scope: Scope, receive: Receive, trace: str) -> Accepted:
        body = await self._bodies.read(receive)
        try:
            self._metrics.body_bytes.add(len(body))
            # Joined, as HTTP has it (RFC 9110 5.3): of two such headers neither may be the one that is not looked at.
            signature = b",".join([value for name, value in scope["headers"] if name == b"stripe-signature"])
            return await self._handler.accept(body, signature.decode("latin-1"), trace)
        finally:
            self._bodies.release(body)

    async def _refuse(self, error: GatewayError, trace_id: str, send: Send) -> None:
        self._metrics.refused(error)
        self._log.warning(
            "refused",
            event_id=error.event_id,
            trace_id=trace_id,
            status=error.status,
            error_class=type(error).__name__,
            error=str(error),
        )
        answer = {"error": str(error), "remedy": error.remedy, "trace_id": trace_id}
        await _answer(send, error.status, answer, error.headers)


class Gateway(Starlette):
    """The ASGI application: one endpoint ahead of Starlette's routes."""

    def __init__(
        self,
        webhooks: WebhookEndpoint,
        metrics: Metrics,
        ready: Callable[[], Awaitable[bool]],
        lifespan: Lifespan | None = None,
    ) -> None:
        """`ready` tells whether Kafka answers."""
        self._webhooks = webhooks
        self._metrics = metrics
        self._ready = ready
        routes = [
            Route(PATH, webhooks, methods=["POST"]),
            Route("/healthz", self._healthz),
            Route("/readyz", self._readyz),
            Route("/metrics", self._prometheus),
        ]
        super().__init__(routes=routes, lifespan=lifespan)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the lifespan."""
        if scope.get("path") == PATH and scope.get("method") == "POST":
            await self._webhooks(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def _healthz(self, _: Request) -> Response:
        """`GET /healthz`: the process runs."""
        return JSONResponse({"status": "ok"})

    async def _readyz(self, _: Request) -> Response:
        """`GET /readyz`: 200 if Kafka answers, so that a webhook has a chance; else 503."""
        if await self._ready():
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "Kafka does not answer"}, status_code=503)

    async def _prometheus(self, _: Request) -> Response:
        """`GET /metrics`, in Prometheus's text format."""
        return Response(self._metrics.text(), media_type=CONTENT_TYPE_LATEST)


async def _answer(
    send: Send, status: int, answer: dict[str, str], headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    content = msgspec.json.encode(answer)
    length = b"%d" % len(content)
    head = [(b"content-type", b"application/json"), (b"content-length", length), *headers]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": content})
