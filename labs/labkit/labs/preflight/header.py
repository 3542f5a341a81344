"""What can be wrong with a Stripe-Signature header, and how to tell from the header alone.

The scheme is Stripe's (https://docs.stripe.com/webhooks#verify-manually): `t=SECONDS,v1=HEX`, where HEX is the
HMAC-SHA256 of `SECONDS.BODY` in lower-case hex, and the key is the whole signing secret.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator

HEX_LENGTH = 64


def mistake(header: object, payload: bytes, secret: str, timestamp: int) -> str | None:
    """Return what is wrong with the header that a learner made, None if nothing is. Never quotes secret or digest."""
    if not isinstance(header, str):
        return f"`sign` returned a {type(header).__name__}; a header is a `str`"
    if re.search(r"v1=b['\"]", header):
        return "`v1` holds bytes as Python shows them (`b'…'`); use .hexdigest(), which is text"
    match = re.fullmatch(r"t=([^,\s]*),v1=([^,\s]*)", header)
    if match is None:
        return _malformed(header)
    if match[1] != str(timestamp):
        if match[1] == str(timestamp * 1000):
            return "`t=` is in milliseconds; Stripe counts seconds"
        return "`t=` is not the timestamp that `sign` was given"
    return _wrong_digest(match[2], payload, secret, timestamp)


def _malformed(header: str) -> str:
    if header.lower().startswith("stripe-signature"):
        return "return the value, without the header's name"
    if re.search(r"\s", header):
        return "the header has a space or a line break in it; the pairs are joined by a comma and nothing else"
    if "t=" not in header:
        return "the header has no `t=`: the gateway needs the timestamp to repeat your computation"
    if "v0=" in header and "v1=" not in header:
        return "the signature is labelled `v0`; the scheme in use is `v1`"
    return "the header does not have the form `t=SECONDS,v1=HEX`"


def _wrong_digest(digest: str, payload: bytes, secret: str, timestamp: int) -> str | None:
    signed = b"%d.%b" % (timestamp, payload)
    key = secret.encode()
    right = _hmac(key, signed)
    if digest == right.hex():
        return None
    if digest == base64.b64encode(right).decode():
        return "the digest is right, but in base64; Stripe writes it in hex"
    if digest == right.hex().upper():
        return (
            "the digest is right, but in upper case; it is compared character by character, and Stripe's is lower case"
        )
    for wrong, message in _known_mistakes(key, payload, timestamp):
        if digest in (wrong.hex(), base64.b64encode(wrong).decode()):
            return message
    if not re.fullmatch(r"[0-9a-f]+", digest) or len(digest) != HEX_LENGTH:
        return f"`v1` must be {HEX_LENGTH} hex digits, which is what SHA-256 gives; this has {len(digest)} characters"
    return "`v1` is an HMAC with another key than the `secret` that `sign` was given, or of another message"


def _known_mistakes(key: bytes, payload: bytes, timestamp: int) -> Iterator[tuple[bytes, str]]:
    signed = b"%d.%b" % (timestamp, payload)
    yield (
        _hmac(key, payload),
        "only the body was signed; without the timestamp in it, an old event could be replayed for ever",
    )
    yield _hmac(key, b"%d%b" % (timestamp, payload)), "the dot between timestamp and body is missing in what was signed"
    yield _hmac(key, b"%b.%d" % (payload, timestamp)), "body and timestamp are the wrong way round in what was signed"
    yield (
        _hmac(key, b"%d.%b" % (timestamp * 1000, payload)),
        "milliseconds were signed; `t=` and the signed text are in seconds",
    )
    yield (
        _hmac(key.removeprefix(b"whsec_"), signed),
        "the key lacks its `whsec_`: Stripe uses the whole secret as it stands",
    )
    yield _hmac(signed, key), "key and message are the wrong way round in the HMAC"
    yield hashlib.sha256(signed).digest(), "this is a bare SHA-256, which anybody can compute; an HMAC needs the secret"
    yield (
        hashlib.sha256(key + signed).digest(),
        "this is a SHA-256 of secret and message joined; an HMAC is more than that",
    )
    yield (
        _hmac(key, f"{timestamp}.{payload!r}".encode()),
        "Python's `b'…'` notation was signed; join bytes to bytes instead",
    )
    for again in (json.dumps(json.loads(payload)), json.dumps(json.loads(payload), separators=(",", ":"))):
        yield (
            _hmac(key, f"{timestamp}.{again}".encode()),
            "the body was parsed and written again; sign the bytes as they are",
        )


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
