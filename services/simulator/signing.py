"""Signing a webhook as Stripe does. Written apart from the gateway's check, so that the two can prove each other."""

import hashlib
import hmac
from collections.abc import Callable

# Takes body, secret and seconds since 1970; returns the header.
Sign = Callable[[bytes, str, int], str]


def sign(body: bytes, secret: str, timestamp_s: int) -> str:
    """Return the `Stripe-Signature` header for these bytes, signed at `timestamp_s` (seconds since 1970)."""
    signed_payload = str(timestamp_s).encode() + b"." + body
    signature = hmac.new(secret.encode(), signed_payload, hashlib.sha256).hexdigest()
    return f"t={timestamp_s},v1={signature}"
