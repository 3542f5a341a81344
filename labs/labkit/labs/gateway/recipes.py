"""Signatures as somebody makes them who has misread how: whoever accepts one of these has made the same mistake."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Final

NO_DOT: Final = "the dot between timestamp and body is missing in what you sign"
ONLY_THE_BODY: Final = "you sign the body alone, so an old event could be replayed under a new time for ever"


def sign(body: bytes, secret: str, timestamp: int) -> str:
    """Return the right signature: HMAC-SHA256 of `{t}.{body}`, in lower-case hex."""
    return _hmac(secret.encode(), b"%d.%b" % (timestamp, body)).hex()


def mistake(accepts: Callable[[str], bool], body: bytes, secret: str, timestamp: int) -> str | None:
    """Return how the signatures that `accepts` (it takes a v1) are made wrongly, None if that is not known."""
    known = _known(body, secret.encode(), timestamp)
    return next((message for signature, message in known if accepts(signature)), None)


def _known(body: bytes, key: bytes, timestamp: int) -> Iterator[tuple[str, str]]:
    signed = b"%d.%b" % (timestamp, body)
    yield _hmac(key, body).hex(), ONLY_THE_BODY
    yield _hmac(key, b"%d%b" % (timestamp, body)).hex(), NO_DOT
    yield _hmac(key, b"%b.%d" % (body, timestamp)).hex(), "body and timestamp are the wrong way round in what you sign"
    yield _hmac(key, b"%d.%b" % (timestamp * 1000, body)).hex(), "you sign milliseconds; `t=` is in seconds"
    yield _hmac(key.removeprefix(b"whsec_"), signed).hex(), "your key lacks its `whsec_`: the whole secret is the key"
    yield _hmac(signed, key).hex(), "key and message are the wrong way round in your HMAC"
    yield hashlib.sha256(signed).hexdigest(), "you compute a bare SHA-256, which anybody can; an HMAC needs the secret"
    yield base64.b64encode(_hmac(key, signed)).decode(), "you compare with base64; Stripe writes hex"
    yield _hmac(key, signed).hex().upper(), "you compare with hex in upper case; Stripe's is in lower case"
    yield _hmac(key, f"{timestamp}.{body!r}".encode()).hex(), "you sign Python's `b'…'` notation; join bytes to bytes"
    for again in (json.dumps(json.loads(body)), json.dumps(json.loads(body), separators=(",", ":"))):
        written = _hmac(key, f"{timestamp}.{again}".encode()).hex()
        yield written, "you sign the body parsed and written again; sign the bytes as they came"


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
