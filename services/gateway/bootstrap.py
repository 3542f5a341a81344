"""Wires the gateway's parts. A test or a lab passes its own instead of one of them."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette

from services.gateway import publisher, routing, stripe_signature
from services.gateway.app import Gateway, WebhookEndpoint
from services.gateway.body import Bodies
from services.gateway.errors import BlankSecretError
from services.gateway.metrics import Metrics
from services.gateway.publisher import Send
from services.gateway.routing import Route
from services.gateway.settings import GatewaySettings
from services.gateway.signature import Verify
from services.gateway.webhooks import Publish, WebhookHandler


def bootstrap(  # noqa: PLR0913 - every part but the settings has a default
    settings: GatewaySettings,
    *,
    verify: Verify | None = None,
    route: Route = routing.topic_for,
    send: Send = publisher.send,
    publish: Publish | None = None,
    clock: Callable[[], float] = time.time,
) -> Gateway:
    """Return the gateway as an ASGI application.

    Args:
        settings: where Kafka is, the secret, and the bounds.
        verify: another signature check; by default the `stripe` library's, fenced (`stripe_signature`).
        route: another choice of topics; they must be among those of `services.contracts.topics`.
        send: another way to hand a record to Kafka's producer and wait for the acknowledgement.
        publish: another way to keep a record; by default Kafka. Without Kafka the gateway counts as ready.
        clock: seconds since 1970.

    Raises:
        BlankSecretError: the webhook secret is empty.
    """
    secret = settings.stripe.webhook_secret.get_secret_value()
    if not secret.strip():
        raise BlankSecretError("STRIPE_WEBHOOK_SECRET is blank; `lakehouse up` makes one, or set Stripe's own whsec_…")
    kafka = publisher.KafkaPublisher(settings.kafka.bootstrap_servers, timeout_s=settings.produce_timeout_s, send=send)
    bodies = Bodies(
        max_bytes=settings.max_body_bytes,
        max_total_bytes=settings.max_held_bytes,
        timeout_s=settings.body_timeout_s,
    )
    metrics = Metrics(held_bytes=lambda: bodies.held_bytes)
    handler = WebhookHandler(
        secret=secret,
        verify=verify or partial(stripe_signature.verify, tolerance_s=settings.tolerance_s),
        publish=publish or kafka.publish,
        clock=clock,
        produced=metrics.produce_seconds.add,
        route=route,
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with publisher.running(kafka):
            yield

    webhooks = WebhookEndpoint(handler, bodies, metrics)
    if publish:
        return Gateway(webhooks, metrics, ready=_always)
    return Gateway(webhooks, metrics, ready=kafka.ready, lifespan=lifespan)


async def _always() -> bool:
    return True
