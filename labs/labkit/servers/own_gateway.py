"""A gateway of the learner's own: the real one with parts of theirs, in this process, on a free port.

Its records go to topics with a prefix, which nothing reads: whatever a wrong part lets in, the platform never sees.
"""

import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import msgspec
from aiokafka import AIOKafkaProducer
from pydantic import SecretStr

from labkit.errors import ServerDownError
from labkit.servers.gateway import Answer
from labkit.servers.quiet import quiet
from services.contracts import topics
from services.contracts.settings import Kafka, Stripe
from services.gateway import publisher, routing
from services.gateway.bootstrap import bootstrap
from services.gateway.errors import GatewayError
from services.gateway.publisher import Send
from services.gateway.routing import Record, Route
from services.gateway.server import NotStartedError, in_background
from services.gateway.settings import GatewaySettings
from services.gateway.signature import Verify
from stack import ports

TOPICS: Final = (*topics.WEBHOOKS, topics.UNROUTED, topics.WEBHOOK_DLQ)
PRODUCE_TIMEOUT_S: Final = 1.0
_POST_TIMEOUT_S: Final = 15


@dataclass
class OwnGateway:
    """One that serves.

    Attributes:
        url: where.
        secret: what it shares with its senders.
        raised: what the learner's parts raised though it was no refusal, newest last.
        returned: what the verifier returned, newest last.
    """

    url: str
    secret: SecretStr
    raised: list[Exception] = field(default_factory=list)
    returned: list[object] = field(default_factory=list)

    def post(self, body: bytes, header: str | None) -> Answer:
        """Post a body with this Stripe-Signature header, None for no header. Raises `ServerDownError`."""
        headers = [] if header is None else [(b"stripe-signature", header.encode("latin-1"))]
        try:
            response = httpx.post(f"{self.url}/webhooks/stripe", content=body, headers=headers, timeout=_POST_TIMEOUT_S)
        except httpx.TransportError as error:
            raise ServerDownError(f"your gateway gave no answer ({type(error).__name__})") from None
        reason = "" if response.status_code == httpx.codes.OK else response.json()["error"]
        return Answer(response.status_code, reason)


@contextmanager
def serving(  # noqa: PLR0913 - every part has a default
    prefix: str,
    *,
    verify: Verify | None = None,
    route: Route = routing.topic_for,
    send: Send = publisher.send,
    clock: Callable[[], float] = time.time,
    kafka: Kafka | None = None,
    secret: SecretStr | None = None,
) -> Iterator[OwnGateway]:
    """Serve a gateway with these parts while the block runs. `prefix` goes before the names of its topics.

    Without a `secret` it has one that nobody else knows.

    Raises:
        ServerDownError: it did not start.
    """
    secret = secret or SecretStr(f"whsec_{secrets.token_hex(16)}")
    settings = GatewaySettings(
        url=f"http://127.0.0.1:{ports.free_port()}",
        produce_timeout_s=PRODUCE_TIMEOUT_S,
        stripe=Stripe(webhook_secret=secret),
        kafka=kafka or Kafka(),
    )
    own = OwnGateway(settings.url, secret)
    with quiet():
        app = bootstrap(
            settings,
            verify=None if verify is None else _listened_to(verify, own),
            route=route,
            send=_prefixed(send, prefix, own),
            clock=clock,
        )
        try:
            with in_background(app, settings):
                yield own
        except NotStartedError as error:
            raise ServerDownError(
                str(error), try_next="run this cell again: the next free port is another one"
            ) from None


def _listened_to(verify: Verify, own: OwnGateway) -> Verify:
    def verifying(body: bytes, header: str, secret: str, now: float) -> None:
        try:
            returned: Any = verify(body, header, secret, now)  # type: ignore[func-returns-value] # a learner's may
        except GatewayError:
            raise
        except Exception as error:
            own.raised.append(error)
            raise
        own.returned.append(returned)

    return verifying


def _prefixed(send: Send, prefix: str, own: OwnGateway) -> Send:
    def sending(producer: AIOKafkaProducer, record: Record) -> Awaitable[Any]:
        try:
            return send(producer, msgspec.structs.replace(record, topic=prefix + record.topic))
        except Exception as error:
            own.raised.append(error)
            raise

    return sending
