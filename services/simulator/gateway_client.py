"""Posting to the gateway over HTTP: aiohttp, because one core sends ten times as much with it as with httpx."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final, Protocol

import aiohttp
import msgspec

from services.simulator.errors import UnavailableError
from services.simulator.settings import SimulatorSettings

PATH: Final = "/webhooks/stripe"


class Answer(msgspec.Struct, frozen=True):
    """An HTTP status, and the gateway's own reason where it refused."""

    status: int
    reason: str = ""


class Post(Protocol):
    """How a signed body reaches the gateway."""

    async def __call__(self, body: bytes, signature: str) -> Answer:
        """Return the answer; raise `UnavailableError` for none, and for 503."""


@asynccontextmanager
async def gateway(settings: SimulatorSettings) -> AsyncIterator[Post]:
    """Give a way to post to the gateway of these settings, over connections that are kept."""
    url = f"{settings.gateway_url.rstrip('/')}{PATH}"
    timeout = aiohttp.ClientTimeout(total=settings.request_timeout_s)
    connector = aiohttp.TCPConnector(limit=settings.concurrency)

    async def post(body: bytes, signature: str) -> Answer:
        try:
            async with session.post(url, data=body, headers={"stripe-signature": signature}) as response:
                if response.status == HTTPStatus.OK:
                    await response.read()
                    return Answer(response.status)
                answer = Answer(response.status, _reason(await response.read(), response.reason))
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise UnavailableError(f"{type(error).__name__}: {error}".rstrip(": ")) from error
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            raise UnavailableError(f"{answer.status} {answer.reason}")
        return answer

    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        yield post


def _reason(body: bytes, phrase: str | None) -> str:
    try:
        return str(msgspec.json.decode(body)["error"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return phrase or ""
