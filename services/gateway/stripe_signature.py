"""The verifier that runs by default: the `stripe` library's own, with its surprises fenced off.

By itself (stripe 16.1) the library accepts a timestamp in the future, two `t=`, and `v1=good=junk`; and it raises
TypeError for a non-ASCII signature and UnicodeDecodeError for a body that is not UTF-8. So it is given our strict
parser's result in place of the header, the age is checked in both directions before, and the body reaches it byte for
byte.
"""

from stripe import SignatureVerificationError, WebhookSignature

from services.gateway.errors import SignatureError
from services.gateway.signature import TOLERANCE_S, SignatureHeader, check_age, hmac_sha256, parse_header

# Latin-1 maps every byte to the character of the same number, and back: text for the library, the same bytes for HMAC.
_BYTEWISE = "latin-1"


class _FencedSignature(WebhookSignature):
    """The library's check, over raw bytes and a header that is parsed already."""

    @staticmethod
    def _compute_signature(payload: str, secret: str) -> str:
        # The library would encode the body as UTF-8, and not every body is.
        return hmac_sha256(secret, payload.encode(_BYTEWISE))

    @staticmethod
    def _get_timestamp_and_signatures(header: SignatureHeader, scheme: str) -> SignatureHeader:  # type: ignore[override] # noqa: ARG004 - the library's own signature; the scheme is always v1
        return header


def verify(body: bytes, header: str, secret: str, now: float, *, tolerance_s: float = TOLERANCE_S) -> None:
    """Return if the header signs these bytes with this secret, within the tolerance; else raise `SignatureError`."""
    parsed = parse_header(header)
    check_age(parsed.timestamp_s, now, tolerance_s)
    try:
        # No tolerance here: the library looks at its own clock, and into the past only.
        _FencedSignature.verify_header(body.decode(_BYTEWISE), parsed, secret, tolerance=None)  # type: ignore[arg-type] # see above
    except SignatureVerificationError:
        # The library's exception carries the body and the header, so it is not chained.
        raise SignatureError("no v1 signature of the Stripe-Signature header matches the body") from None
