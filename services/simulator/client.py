"""Sending events to the gateway, signed, as Stripe does: several at a time, and again if nobody was there."""

import asyncio
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from http import HTTPStatus

import stamina

from services.simulator.delivery import Delivery, delivery
from services.simulator.errors import UnavailableError
from services.simulator.events import StripeEvent
from services.simulator.gateway_client import Answer, Post, gateway
from services.simulator.ledger import Append, Ledger
from services.simulator.settings import SimulatorSettings
from services.simulator.signing import Sign
from services.simulator.signing import sign as as_stripe_does
from services.simulator.summary import Summary

_WAITING_PER_LANE = 8
_WATCH_EVERY_S = 0.25


async def send(  # noqa: PLR0913 - all but the events has a default
    events: Iterable[StripeEvent | Delivery],
    *,
    settings: SimulatorSettings | None = None,
    ledger: Ledger | None = None,
    rate: float | None = None,
    stop: asyncio.Event | None = None,
    watch: Callable[[Summary], None] | None = None,
    post: Post | None = None,
    sign: Sign = as_stripe_does,
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
        rate: events per second; by default as fast as the gateway answers.
        stop: once it is set, what is under way is finished and nothing new begun.
        watch: called with the counts so far, four times a second.
        post: another way to reach the gateway, for tests.
        sign: another way to sign, for a lab.
        clock: seconds since 1970, for the signatures.
    """
    settings = settings or SimulatorSettings()
    stop = stop or asyncio.Event()
    summary = Summary()
    async with AsyncExitStack() as stack:
        append = stack.enter_context((ledger or Ledger.default()).appending())
        reach = await stack.enter_async_context(gateway(settings)) if post is None else post
        secret = settings.stripe.webhook_secret.get_secret_value()
        sender = _Sender(reach, secret, settings.retry_for_s, append, sign, clock, summary, stop)
        started = time.monotonic()
        watching = asyncio.create_task(_watch(summary, watch, started)) if watch else None
        await _send_all(sender, _deliveries(events), settings.concurrency, rate)
        summary.seconds = time.monotonic() - started
        if watching:
            watching.cancel()
    return summary


def _deliveries(events: Iterable[StripeEvent | Delivery]) -> Iterator[Delivery]:
    return (event if isinstance(event, Delivery) else delivery(event) for event in events)


async def _send_all(sender: "_Sender", deliveries: Iterator[Delivery], lanes: int, rate: float | None) -> None:
    queues = [asyncio.Queue[Delivery | None](_WAITING_PER_LANE) for _ in range(lanes)]
    started = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        for queue in queues:
            tasks.create_task(sender.drain(queue))
        for number, following in enumerate(deliveries):
            if rate and (early := started + number / rate - time.monotonic()) > 0:
                await _sleep(early, sender.stop)
            if sender.stop.is_set():
                break
            await queues[zlib.crc32(following.lane.encode()) % lanes].put(following)
        for queue in queues:
            await queue.put(None)


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    """Wait, but not beyond `stop`."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def _watch(summary: Summary, watch: Callable[[Summary], None], started: float) -> None:
    while True:
        summary.seconds = time.monotonic() - started
        watch(summary)
        await asyncio.sleep(_WATCH_EVERY_S)


@dataclass(frozen=True, slots=True)
class _Sender:
    """Sends what is in a queue, one event after the other, until it finds None."""

    post: Post
    secret: str
    retry_for_s: float
    append: Append
    sign: Sign
    clock: Callable[[], float]
    summary: Summary
    stop: asyncio.Event

    async def drain(self, queue: asyncio.Queue[Delivery | None]) -> None:
        while (following := await queue.get()) is not None:
            if self.stop.is_set():
                continue
            started = time.monotonic()
            try:
                answer = await self._deliver(following)
            except UnavailableError as error:
                self.summary.unanswered[str(error)] += 1
                continue
            if answer.status == HTTPStatus.OK:
                self.append(following.event_id, following.event_type)
            self.summary.answered(following, answer.status, answer.reason, time.monotonic() - started)

    async def _deliver(self, following: Delivery) -> Answer:
        try:
            return await self._attempt(following)
        except UnavailableError:
            if self.retry_for_s == 0:
                raise
        async for attempt in stamina.retry_context(
            on=self._worth_another, attempts=None, timeout=self.retry_for_s, wait_max=2.0
        ):
            with attempt:
                self.summary.retried += 1
                answer = await self._attempt(following)
        return answer

    def _worth_another(self, error: Exception) -> bool:
        return isinstance(error, UnavailableError) and not self.stop.is_set()

    async def _attempt(self, following: Delivery) -> Answer:
        # Signed anew each time, as Stripe does: the first signature may be too old by now.
        signed = following.body if following.signed is None else following.signed
        return await self.post(following.body, self.sign(signed, self.secret, int(self.clock())))
