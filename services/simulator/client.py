"""Sending events to the gateway, signed, as Stripe does: several at a time, and again if nobody was there."""

import asyncio
import time
import zlib
from collections.abc import Callable, Iterable

import httpx
import msgspec
import stamina

from services.gateway.event import payment_key
from services.simulator.errors import UnavailableError
from services.simulator.events import StripeEvent
from services.simulator.ledger import Ledger
from services.simulator.settings import SimulatorSettings
from services.simulator.signing import sign
from services.simulator.summary import Summary

_PATH = "/webhooks/stripe"
_WAITING_PER_SENDER = 8


async def send(
    events: Iterable[StripeEvent],
    *,
    settings: SimulatorSettings | None = None,
    ledger: Ledger | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], float] = time.time,
) -> Summary:
    """Deliver the events and return what became of them.

    In a notebook: `await send(simulate(events=10, seed=7))`.

    The events of one payment are sent one after the other, those of different payments at the same time. Every 200 is
    written to the ledger; 503 and connection errors are tried again; any other answer is a refusal, and final.

    Args:
        events: what to send; taken as fast as they are sent.
        settings: the gateway's URL, the secret, how many at a time.
        ledger: where to write what was accepted; by default this clone's.
        transport: another way to reach the gateway, for tests.
        clock: seconds since 1970, for the signatures.
    """
    settings = settings or SimulatorSettings()
    summary = Summary()
    started = time.monotonic()
    queues = [asyncio.Queue[StripeEvent | None](_WAITING_PER_SENDER) for _ in range(settings.concurrency)]
    async with httpx.AsyncClient(
        base_url=settings.gateway_url, timeout=settings.request_timeout_s, transport=transport
    ) as http:
        sender = _Sender(http, settings, ledger or Ledger.default(), clock, summary)
        async with asyncio.TaskGroup() as tasks:
            for queue in queues:
                tasks.create_task(sender.drain(queue))
            for event in events:
                key = payment_key(event["data"]["object"]) or event["id"]
                await queues[zlib.crc32(key.encode()) % len(queues)].put(event)
            for queue in queues:
                await queue.put(None)
    summary.seconds = time.monotonic() - started
    return summary


class _Sender:
    """Sends what is in a queue, one event after the other, until it finds None."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        settings: SimulatorSettings,
        ledger: Ledger,
        clock: Callable[[], float],
        summary: Summary,
    ) -> None:
        self._http = http
        self._secret = settings.stripe.webhook_secret.get_secret_value()
        self._retry_for_s = settings.retry_for_s
        self._ledger = ledger
        self._clock = clock
        self._summary = summary

    async def drain(self, queue: asyncio.Queue[StripeEvent | None]) -> None:
        while (event := await queue.get()) is not None:
            try:
                response = await self._deliver(msgspec.json.encode(event))
            except (httpx.TransportError, UnavailableError) as error:
                self._summary.unanswered[str(error) or type(error).__name__] += 1
                continue
            if response.status_code == httpx.codes.OK:
                self._ledger.append(event["id"], event["type"])
                self._summary.accepted[event["type"]] += 1
            else:
                self._summary.refused[_reason(response)] += 1

    async def _deliver(self, body: bytes) -> httpx.Response:
        retrying = stamina.retry_context(
            on=(httpx.TransportError, UnavailableError), attempts=None, timeout=self._retry_for_s, wait_max=2.0
        )
        async for attempt in retrying:
            with attempt:
                self._summary.retried += attempt.num > 1
                # Signed anew each time, as Stripe does: the first signature may be too old by now.
                headers = {"stripe-signature": sign(body, self._secret, int(self._clock()))}
                response = await self._http.post(_PATH, content=body, headers=headers)
                if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                    raise UnavailableError(_reason(response))
        return response


def _reason(response: httpx.Response) -> str:
    try:
        return f"{response.status_code} {response.json()['error']}"
    except (ValueError, KeyError, TypeError):
        return f"{response.status_code} {response.reason_phrase}"
