"""Posting to the gateway exactly what a learner made: nothing is signed, mended or sent again on the way."""

from dataclasses import dataclass

import httpx

from labkit.errors import ServerDownError
from services.simulator.events import StripeEvent
from services.simulator.ledger import Ledger
from services.simulator.settings import SimulatorSettings


@dataclass(frozen=True)
class Answer:
    """What the gateway answered; `reason` is its own words where it refused."""

    status: int
    reason: str

    def __str__(self) -> str:
        return f"{self.status}: {self.reason}" if self.reason else str(self.status)


def deliver(event: StripeEvent, body: bytes, header: str) -> Answer:
    """Post a body with its Stripe-Signature header; an accepted event goes into the sender's ledger.

    Raises:
        ServerDownError: the gateway does not answer, or Kafka behind it does not.
    """
    settings = SimulatorSettings()
    try:
        response = httpx.post(
            f"{settings.gateway_url}/webhooks/stripe",
            content=body,
            headers={b"stripe-signature": header.encode()},
            timeout=settings.request_timeout_s,
        )
    except httpx.TransportError as error:
        raise ServerDownError(
            f"the gateway does not answer at {settings.gateway_url} ({type(error).__name__})",
            try_next="`lab.platform.run('pipeline', 'up')`, then run this cell again.",
        ) from None
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise ServerDownError(
            f"the gateway answered {response.status_code}: {response.text}",
            try_next="`lab.platform.status()` shows which server is not ready.",
        )
    if response.status_code == httpx.codes.OK:
        Ledger.default().append(event["id"], event["type"])
        return Answer(response.status_code, "")
    return Answer(response.status_code, response.json()["error"])
