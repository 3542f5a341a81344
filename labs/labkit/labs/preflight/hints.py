"""The hints of this lab: each ladder leads from an idea to nearly the line."""

from typing import Final

SIGN: Final = (
    "What is signed is not the body alone: it is the timestamp, a dot, and the body, as bytes.",
    "`hmac.new(key, message, hashlib.sha256).hexdigest()` gives hex. The key is the whole secret, encoded to bytes.",
    "The message is `str(timestamp).encode() + b'.' + payload`, the header `f't={timestamp},v1={digest}'`.",
)
TAMPER: Final = (
    "Look at the body: where does it say how much was paid? Another digit in its place is still good JSON.",
    "Bytes cannot be changed in place; `payload.replace(old, new, 1)` returns a copy with the first `old` replaced.",
    """`payload.replace(b'"amount":4', b'"amount":9', 1)` makes 92.00 dollars of 42.00.""",
)
PAYMENT_SQL: Final = (
    "`lakehouse.data.fct_payments` has one row per event. `DESCRIBE` it in a cell of its own.",
    "It has `amount_cents`, as Stripe sends it, and `amount`. Divide by 100? A yen has no decimals, a dinar has three.",
    "`SELECT amount, currency FROM fct_payments WHERE event_id = '…'`, with the event's id in its place.",
)
