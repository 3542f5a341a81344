"""The hints of this lab: each ladder leads from a question to nearly the line."""

from typing import Final

SIGN: Final = (
    "If only the body were signed, what could somebody do with an old event that they saw? So what else is signed?",
    "What is signed is the timestamp, a dot and the body, as bytes. Bytes are joined with `+`.",
    "`hmac.new(key, message, hashlib.sha256).hexdigest()` gives hex. The key is the whole secret, encoded to bytes.",
    "The message is `str(timestamp).encode() + b'.' + payload`, the header `f't={timestamp},v1={digest}'`.",
)
TAMPER: Final = (
    "Look at the body: where does it say how much was paid? Which other byte would be good JSON in that place?",
    "Bytes cannot be changed in place; `payload.replace(old, new, 1)` returns a copy with the first `old` replaced.",
    "`amount_received` holds the same digits: search for the name and the digit, `b'\"amount\":4'`.",
)
PAYMENT_SQL: Final = (
    "Which table has one row per event, and which of its columns hold money? `DESCRIBE` is a query too.",
    "`lakehouse.data.fct_payments` has `amount_cents`, as Stripe sends it, and `amount`. A yen has no decimals.",
    "`SELECT amount, currency FROM fct_payments WHERE event_id = '…'`, with the event's id in its place.",
)
AUDIT: Final = (
    "Which question has an answer that does not change if Stripe sends an event twice: how many, or which ones?",
    "Sets forget how often something was there: good for `missing`, bad for `doubled`.",
    "`set(accepted) - set(booked)` is one half; for the other, `collections.Counter(booked)` knows how often.",
)
