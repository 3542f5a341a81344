"""The verifier that runs by default: the `stripe` library's own, with its surprises fenced off.

By itself (stripe 16.1) the library accepts a timestamp in the future, two `t=`, and `v1=good=junk`; and it raises
TypeError for a non-ASCII signature and UnicodeDecodeError for a body that is not UTF-8. So the header goes through our
strict parser and our two-sided age check first, and the body reaches the library byte for byte.
"""

import hmac

from stripe import SignatureVerificationError, WebhookSignature

from services.gateway.errors import SignatureError
from services.gateway.signature import TOLERANCE_S, check_age, parse_header

# Latin-1 maps every byte to the character of the same number, and back: text for the library, the same bytes for HMAC.
_BYTEWISE = "latin-1"


class _BytewiseSignature(WebhookSignature):
    """The library's check, over raw bytes; it would decode and encode the body as UTF-8, and not every body is."""

    @staticmethod
    def _compute_signature(payload: str, secret: str) -> str:
        return hmac.new(secret.encode(), payload.encode(_BYTEWISE), "sha256").hexdigest()


def verify(body: bytes, header: str, secret: str, now: float, *, tolerance_s: float = TOLERANCE_S) -> None:
    """Return if the header signs these bytes with this secret, within the tolerance; else raise `SignatureError`."""
    parsed = parse_header(header)
    check_age(parsed.timestamp_s, now, tolerance_s)
    try:
        # No tolerance here: the library looks at its own clock, and into the past only.
        _BytewiseSignature.verify_header(body.decode(_BYTEWISE), header, secret, tolerance=None)
    except SignatureVerificationError:
        # The library's exception carries the body and the header, so it is not chained.
        raise SignatureError("no v1 signature of the Stripe-Signature header matches the body") from None
