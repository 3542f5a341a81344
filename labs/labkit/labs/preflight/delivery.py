"""Getting the lab's orders into the platform, and what to say where one does not get in."""

import time
from collections.abc import Callable
from typing import TypeGuard

import httpx
from pydantic import SecretStr

from labkit.attempt import Attempt
from labkit.errors import ServerDownError, StaleStateError, WrongAnswerError
from labkit.labs.preflight import header
from labkit.servers import gateway
from services.simulator.events import StripeEvent
from services.simulator.summary import Summary

Sign = Callable[[bytes, str, int], str]
NOT_IN = "Your order is not in the platform. Mend `sign`, check it, run this cell again."


def sendable(made: object) -> TypeGuard[str]:
    """Tell whether HTTP can carry this as a header's value at all."""
    return isinstance(made, str) and made.isprintable()


def deliver(order: StripeEvent, body: bytes, sign: Sign, secret: SecretStr) -> bool:
    """Sign and send an order, print what the gateway answered, and return whether the order got in.

    Whatever `sign` does wrong is said and does not stop the notebook.

    Raises:
        ServerDownError: the gateway does not answer, or Kafka behind it does not.
    """
    key, now = secret.get_secret_value(), int(time.time())
    try:
        made = Attempt("sign", sign)(body, key, now)
    except WrongAnswerError as error:
        print(f"{error.message}\n{NOT_IN}")  # noqa: T201 - a notebook's output
        return False
    if not sendable(made):
        print(f"not sent: {header.mistake(made, body, key, now)}\n{NOT_IN}")  # noqa: T201 - a notebook's output
        return False
    answer = gateway.deliver(order, body, made)
    print(f"the gateway answered {answer}")  # noqa: T201 - a notebook's output
    if answer.status == httpx.codes.OK:
        return True
    print(NOT_IN if header.mistake(made, body, key, now) else other_secret(answer))  # noqa: T201 - a notebook's output
    return False


def expect_all(sent: Summary) -> None:
    """Return if every order got in.

    Raises:
        ServerDownError: some order found nobody.
        StaleStateError: the gateway refused an order that the simulator signed.
    """
    if sent.unanswered:
        remedy = "`lab.platform.run('pipeline', 'up')` in a cell of its own, then run this cell again."
        raise ServerDownError("not every order got an answer", try_next=remedy)
    if sent.refused:
        raise _another_secret("the gateway refused what the simulator signed: it has another secret than this kernel")


def other_secret(answer: gateway.Answer, what: str = "your header is right") -> StaleStateError:
    """Return the error for a right header that the gateway refused; `what` says whose it is."""
    return _another_secret(f"{what}, but the gateway has another secret than this kernel", gateway=str(answer))


def _another_secret(message: str, **evidence: str) -> StaleStateError:
    remedy = "unset STRIPE_WEBHOOK_SECRET where JupyterLab was started, start it again, run the first cell again."
    return StaleStateError(message, try_next=remedy, evidence=evidence)
