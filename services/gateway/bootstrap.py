"""Wires the gateway's parts. A test or a lab passes its own instead of one of them."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette

from services.gateway import app, publisher, stripe_signature
from services.gateway.errors import BlankSecretError
from services.gateway.settings import GatewaySettings
from services.gateway.signature import Verify
from services.gateway.webhooks import Publish, WebhookHandler


def bootstrap(
    settings: GatewaySettings,
    *,
    verify: Verify | None = None,
    publish: Publish | None = None,
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """Return the gateway as an ASGI application.

    Args:
        settings: where Kafka is, the secret, and the bounds.
        verify: another signature check; by default the `stripe` library's, fenced (`stripe_signature`).
        publish: another way to keep a record; by default Kafka. Without Kafka the gateway counts as ready.
        clock: seconds since 1970.

    Raises:
        BlankSecretError: the webhook secret is empty.
    """
    secret = settings.stripe.webhook_secret.get_secret_value()
    if not secret.strip():
        raise BlankSecretError("STRIPE_WEBHOOK_SECRET is blank; `lakehouse up` makes one, or set Stripe's own whsec_…")
    kafka = publisher.KafkaPublisher(settings.kafka.bootstrap_servers, timeout_s=settings.produce_timeout_s)
    handler = WebhookHandler(
        secret=secret,
        verify=verify or partial(stripe_signature.verify, tolerance_s=settings.tolerance_s),
        publish=publish or kafka.publish,
        clock=clock,
    )
    endpoints = app.Endpoints(
        handler=handler,
        ready=_always if publish else kafka.ready,
        max_body_bytes=settings.max_body_bytes,
        body_timeout_s=settings.body_timeout_s,
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with publisher.running(kafka):
            yield

    return app.create(endpoints, None if publish else lifespan)


async def _always() -> bool:
    return True
