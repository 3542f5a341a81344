"""What happens to one webhook: verify, parse, route, publish. Free of HTTP and of Kafka, which come in as functions."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

import msgspec

from services.contracts import events
from services.gateway import event, routing
from services.gateway.errors import EventError, GatewayError
from services.gateway.routing import Record, Route
from services.gateway.signature import Verify

Publish = Callable[[Record], Awaitable[None]]
"""Write one record; return only when Kafka has acknowledged it, else raise `NotAcknowledgedError`."""


class Accepted(msgspec.Struct, frozen=True):
    """An event that Kafka has: the platform's id of it, its type, and the topic that it is in."""

    event_id: str
    event_type: str
    topic: str


@dataclass(frozen=True, slots=True)
class WebhookHandler:
    """Takes webhooks for one secret. `clock` gives seconds since 1970, `produced` is told how many a publish took."""

    secret: str
    verify: Verify
    publish: Publish
    clock: Callable[[], float]
    produced: Callable[[float], None]
    route: Route = routing.topic_for

    async def accept(self, body: bytes, signature_header: str, traceparent: str) -> Accepted:
        """Publish the event in the body.

        Raises:
            SignatureError: the header does not sign the body; nothing is kept.
            EventError: it does, but the body is no event; it is in the dead-letter topic by then.
            NotAcknowledgedError: Kafka did not acknowledge the record, whichever of the two it was.
            BodyTooLargeError: the record is larger than Kafka takes.
        """
        now = self.clock()
        self.verify(body, signature_header, self.secret, now)
        try:
            parsed = event.parse(body)
        except EventError as error:
            await self._keep(routing.dead_letter(body, error, datetime.fromtimestamp(now, UTC), traceparent))
            raise
        event_id = events.event_id(parsed.id)
        record = routing.accepted(parsed, body, traceparent, self.route)
        try:
            await self._keep(record)
        except GatewayError as error:
            error.event_id = event_id
            raise
        return Accepted(event_id, parsed.type, record.topic)

    async def _keep(self, record: Record) -> None:
        started = perf_counter()
        try:
            await self.publish(record)
        finally:
            self.produced(perf_counter() - started)
