"""What arrives at a gateway's door: what Stripe sends, and what others would like it to believe. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from labkit.labs.gateway.recipes import sign
from labkit.labs.preflight import shop

TOLERANCE_S: Final = 300
WELCOME: Final = 200
REFUSED: Final = 400


@dataclass(frozen=True)
class Visitor:
    """A request and the answer that is right for it.

    Attributes:
        what: what it is, for a table and for messages.
        wrong: what to say to a learner whose verifier takes it otherwise.
        genuine: whether Stripe could have sent it, so that the signature at least is right.
    """

    what: str
    body: bytes
    header: str | None
    wrong: str
    genuine: bool = False


def visitors(secret: str, now: int) -> list[Visitor]:
    """Return all of them, for a gateway with this secret whose clock shows `now` (seconds since 1970)."""
    return [*_from_stripe(secret, now), *_from_others(secret, now)]


def _body() -> bytes:
    return msgspec.json.encode(shop.order())


def _from_stripe(secret: str, now: int) -> Iterator[Visitor]:
    body = _body()
    right = sign(body, secret, now)
    old = sign(body, "whsec_the_one_before", now)
    yield Visitor("signed rightly", body, f"t={now},v1={right}", "", genuine=True)
    first = "it refused the second of two `v1`; while the secret is rolled, Stripe signs with both: any of them will do"
    yield Visitor("two v1, the second is ours", body, f"t={now},v1={old},v1={right}", first, genuine=True)
    last = "it refused the first of two `v1`: any of them will do, not only the last"
    yield Visitor("two v1, the first is ours", body, f"t={now},v1={right},v1={old}", last, genuine=True)
    beside = "it refused a good `v1` with a `v0` beside it; pass over the other schemes"
    yield Visitor("a v0 beside the v1", body, f"t={now},v1={right},v0={old}", beside, genuine=True)
    for age, when in ((299, "old"), (-299, "ahead")):
        wrong = f"it refused a signature 299 s {when}; up to {TOLERANCE_S} s are fine. Are both times in seconds?"
        header = f"t={now - age},v1={sign(body, secret, now - age)}"
        yield Visitor(f"299 s {when}", body, header, wrong, genuine=True)
    spaced = json.dumps(json.loads(_body()) | {"note": "café"}, indent=2, ensure_ascii=False).encode()
    rewritten = (
        "it refused a body with line breaks and an `é`: was it parsed and written again, or cleaned? Sign the raw bytes"
    )
    header = f"t={now},v1={sign(spaced, secret, now)}"
    yield Visitor("a body with blanks and an é", spaced, header, rewritten, genuine=True)


def _from_others(secret: str, now: int) -> Iterator[Visitor]:
    body = _body()
    right, forged = sign(body, secret, now), sign(body, "whsec_guessed", now)
    wrong = "it accepted a signature made with another secret: is the result of the comparison used?"
    yield Visitor("forged: another secret", body, f"t={now},v1={forged}", wrong)
    tampered = body.replace(b'"amount":4', b'"amount":9', 1)
    wrong = "it accepted a tampered body under the signature of the true one"
    yield Visitor("tampered: 92 dollars of 42", tampered, f"t={now},v1={right}", wrong)
    for age, when in ((301, "old"), (-301, "ahead")):
        wrong = f"it accepted a signature 301 s {when}; beyond {TOLERANCE_S} s, in either direction, it may be a replay"
        what = "replayed: 301 s old" if age > 0 else "from the future: 301 s ahead"
        yield Visitor(what, body, f"t={now - age},v1={sign(body, secret, now - age)}", wrong)
    yield Visitor("no header at all", body, None, "it accepted a request without the header")
    yield Visitor("only v0", body, f"t={now},v0={right}", "it accepted a `v0`; only `v1` proves anything")
    wrong = "it accepted the first half of the signature: compare the whole of it, its length too"
    yield Visitor("half a signature", body, f"t={now},v1={right[:32]}", wrong)
    wrong = "it accepted a signature with something behind it: compare each `v1` for equality, do not search for it"
    yield Visitor("more than a signature", body, f"t={now},v1={right}00", wrong)
    wrong = "it accepted two `t=`; which of them was signed?"
    yield Visitor("two t=", body, f"t={now},t={now - 900},v1={right}", wrong)
    yield Visitor("not ASCII", body, f"t={now},v1=é{right[1:]}", "it accepted an `é` in the signature")
