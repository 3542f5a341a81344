"""The HTTP side of the gateway."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.gateway import body
from services.gateway.errors import GatewayError
from services.gateway.webhooks import WebhookHandler

log = structlog.get_logger()

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The endpoints, over one handler. `ready` tells whether Kafka answers."""

    handler: WebhookHandler
    ready: Callable[[], Awaitable[bool]]
    max_body_bytes: int
    body_timeout_s: float

    async def webhook(self, request: Request) -> JSONResponse:
        """`POST /webhooks/stripe`: 200 with the topic once Kafka has the event; the refusals are those of `errors`."""
        raw = await body.read(request, max_bytes=self.max_body_bytes, timeout_s=self.body_timeout_s)
        # Joined, as HTTP has it (RFC 9110 5.3): of two such headers neither may be the one that is not looked at.
        signature_header = ",".join(request.headers.getlist("stripe-signature"))
        accepted = await self.handler.accept(raw, signature_header)
        log.info("accepted", event_id=accepted.event_id, event_type=accepted.event_type, topic=accepted.topic)
        return JSONResponse({"event_id": accepted.event_id, "topic": accepted.topic})

    async def healthz(self, _: Request) -> JSONResponse:
        """`GET /healthz`: the process runs."""
        return JSONResponse({"status": "ok"})

    async def readyz(self, _: Request) -> JSONResponse:
        """`GET /readyz`: 200 if Kafka answers, so that a webhook has a chance; else 503."""
        if await self.ready():
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "Kafka does not answer"}, status_code=503)


def create(endpoints: Endpoints, lifespan: Lifespan | None = None) -> Starlette:
    """Return the ASGI application."""
    return Starlette(
        routes=[
            Route("/webhooks/stripe", endpoints.webhook, methods=["POST"]),
            Route("/healthz", endpoints.healthz),
            Route("/readyz", endpoints.readyz),
        ],
        exception_handlers={GatewayError: _refuse, Exception: _fail},
        lifespan=lifespan,
    )


async def _refuse(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, GatewayError):
        raise error
    log.warning("refused", status=error.status, error_class=type(error).__name__, error=str(error))
    answer = {"error": str(error), "remedy": error.remedy}
    return JSONResponse(answer, status_code=error.status, headers=error.headers)


async def _fail(_: Request, error: Exception) -> JSONResponse:
    """Answer 500 without details; Starlette raises the error again, and the server logs its traceback."""
    answer = {"error": f"the gateway failed: {type(error).__name__}", "remedy": GatewayError.remedy}
    return JSONResponse(answer, status_code=500)
