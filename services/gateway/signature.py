"""Stripe's webhook signature, from first principles: the reference. Pure; no clock, no I/O.

A header looks like `t=1700000000,v1=5257a8…,v1=…,v0=…`: when it was signed (seconds since 1970) and, by scheme, the
HMAC-SHA256 of `"{t}.{raw body}"` in lower-case hex. There are several `v1` while a secret is being rolled; `v0` is for
tests and proves nothing. Source: https://docs.stripe.com/webhooks#verify-manually
"""

import hmac
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from services.gateway.errors import SignatureError

Verify = Callable[[bytes, str, str, float], None]
"""(raw body, header, secret, now in seconds since 1970) → nothing, or `SignatureError`. This is what a lab replaces."""

TOLERANCE_S: Final = 300.0

# Items, parted by commas: printable ASCII, and no blank, comma or second "=" in the value.
_ITEM: Final = r"[A-Za-z0-9]+=[!-+\--<>-~]+"
_HEADER: Final = re.compile(f"{_ITEM}(?:,{_ITEM})*")
_TIMESTAMP: Final = re.compile(r"[1-9][0-9]{0,11}")


class SignatureHeader(NamedTuple):
    """A parsed header: when it was signed (seconds since 1970), and its `v1` signatures."""

    timestamp_s: int
    signatures: tuple[str, ...]


def parse_header(header: str) -> SignatureHeader:
    """Parse `t=…,v1=…`. Raises `SignatureError` unless there is exactly one `t` and at least one `v1`."""
    if not header:
        raise SignatureError("the Stripe-Signature header is missing")
    if not _HEADER.fullmatch(header):
        raise SignatureError("the Stripe-Signature header is not a comma-separated list of name=value in plain ASCII")
    timestamps = []
    signatures = []
    for item in header.split(","):
        name, _, value = item.partition("=")
        if name == "t":
            timestamps.append(value)
        elif name == "v1":
            signatures.append(value)
    if len(timestamps) != 1 or not _TIMESTAMP.fullmatch(timestamps[0]):
        raise SignatureError("the Stripe-Signature header needs exactly one t=, in seconds since 1970")
    if not signatures:
        raise SignatureError("the Stripe-Signature header has no v1 signature")
    return SignatureHeader(int(timestamps[0]), tuple(signatures))


def check_age(timestamp_s: int, now: float, tolerance_s: float) -> None:
    """Raise `SignatureError` if `t` is more than `tolerance_s` before or after `now`: a replay, or a wrong clock."""
    if abs(now - timestamp_s) > tolerance_s:
        raise SignatureError(f"the signature's t= is more than {tolerance_s:.0f} s away from the gateway's clock")


def compute(body: bytes, secret: str, timestamp_s: int) -> str:
    """Return the `v1` signature of the body: HMAC-SHA256 in lower-case hex (64 characters)."""
    return hmac_sha256(secret, b"%d.%b" % (timestamp_s, body))


def hmac_sha256(secret: str, message: bytes) -> str:
    """Return the HMAC-SHA256 of the message in lower-case hex."""
    mac = _keyed(secret).copy()
    mac.update(message)
    return mac.hexdigest()


@lru_cache(maxsize=8)
def _keyed(secret: str) -> hmac.HMAC:
    # Setting it up costs OpenSSL more than a message of a kilobyte does, so each secret's is copied.
    return hmac.new(secret.encode(), digestmod="sha256")


def verify(body: bytes, header: str, secret: str, now: float, *, tolerance_s: float = TOLERANCE_S) -> None:
    """Return if any `v1` of the header signs these bytes with this secret, within the tolerance.

    Raises:
        SignatureError: it does not; the message says in what respect, and holds no part of the body or the secret.
    """
    parsed = parse_header(header)
    check_age(parsed.timestamp_s, now, tolerance_s)
    expected = compute(body, secret, parsed.timestamp_s)
    # compare_digest takes the same time whatever the difference: an attacker cannot guess byte by byte.
    if not any([hmac.compare_digest(expected, candidate) for candidate in parsed.signatures]):  # noqa: C419 - no early exit either
        raise SignatureError("no v1 signature of the Stripe-Signature header matches the body")
