"""What can be wrong with a verifier: asked directly first, then behind the real gateway's door."""

import hmac
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import msgspec

from labkit.labs.gateway import attacks, recipes
from labkit.labs.gateway.trying import call
from labkit.labs.preflight import shop
from labkit.servers.gateway import Answer
from labkit.servers.own_gateway import OwnGateway

Verify = Callable[[bytes, str, str, float], Any]


def refusal_of_a_good_one(verify: Verify, secret: str, now: int) -> str | None:
    """Return why it does not let in what is signed rightly at `now`, None if it does. Raises `NotAttemptedError`."""
    body = msgspec.json.encode(shop.order())

    def tried(signature: str, signed_at: int = now, at: float = now) -> Any:  # noqa: ANN401 - see Tried
        return call(verify, body, f"t={signed_at},v1={signature}", secret, at)

    found = tried(recipes.sign(body, secret, now))
    if found.raised:
        right = recipes.sign(body, secret, now)
        text = str(found.raised).replace(secret, "…").replace(right, "…")
        return f"for a good signature, `verify` raised {type(found.raised).__name__}: {text}"
    if found.refused is None:
        return None
    today = int(time.time())
    if tried(recipes.sign(body, secret, today), today, now).refused is None:
        return "`verify` looks at the machine's clock; the time to compare with is its argument `now`"
    if known := recipes.mistake(lambda signature: tried(signature).refused is None, body, secret, now):
        return f"`verify` refused a good signature: {known}"
    return "`verify` refused a good signature (with another key than `secret`, perhaps, or of another message)"


def uses_compare_digest(verify: Verify, secret: str, now: int) -> bool:
    """Tell whether `hmac.compare_digest` is called on the way, whatever it is called by."""
    body = msgspec.json.encode(shop.order())
    called = []

    def watch(_: object, event: str, function: object) -> None:
        if event == "c_call" and function is hmac.compare_digest:
            called.append(True)

    with _profile(watch):
        call(verify, body, f"t={now},v1={recipes.sign(body, secret, now)}", secret, now)
    return bool(called)


@contextmanager
def _profile(watch: Callable[[object, str, object], None]) -> Any:  # noqa: ANN401 - a generator's
    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(before)


def wrong_answer(own: OwnGateway, visitor: attacks.Visitor, answer: Answer, secret: str, now: int) -> str | None:
    """Return what is wrong with a gateway's answer to a visitor, None if nothing is."""
    if answer.status == (attacks.WELCOME if visitor.genuine else attacks.REFUSED):
        if recipes.sign(visitor.body, secret, now) in answer.reason or secret in answer.reason:
            return (
                "its refusal tells the caller the right signature or the secret; say what is wrong, never what is right"
            )
        return None
    if own.raised:
        name = type(own.raised[-1]).__name__
        return (
            f"for “{visitor.what}”, `verify` raised {name}, which the gateway answers with 500; "
            "a refusal is a SignatureError, and rubbish in a header is to be expected"
        )
    if not visitor.genuine and own.returned and own.returned[-1] is False:
        return (
            "`verify` returned False, and the gateway let it in: it listens to exceptions only, so raise SignatureError"
        )
    return f"“{visitor.what}” was answered {answer.status}: {visitor.wrong}"
