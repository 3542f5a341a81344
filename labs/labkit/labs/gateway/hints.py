"""The hints of this lab: each ladder leads from an idea to nearly the line."""

from typing import Final

READ_HEADER: Final = (
    "What would you do with a header that has two `t=`? Decide what a good one is first; refuse all else.",
    (
        "`re.fullmatch` with `[0-9]` and `[!-~]` describes plain ASCII; then `split(',')` and `partition('=')`. "
        "A `dict` keeps one `v1` only."
    ),
    (
        "Collect the values of `t` and of `v1` in two lists as you go through the items; "
        "there must be exactly one `t`, made of digits only, and at least one `v1`."
    ),
    (
        "`ITEM = r'[A-Za-z0-9]+=[!-+\\--<>-~]+'` matches one item: no blank, no comma, no second `=`. "
        "The whole header is `f'{ITEM}(?:,{ITEM})*'`."
    ),
)
VERIFY: Final = (
    "Three questions, in this order: can I read it, is it fresh, is it theirs? Each no is a `SignatureError`.",
    "Age counts both ways: `abs(now - timestamp)`. What is signed: `str(timestamp).encode() + b'.' + body`.",
    (
        "Compute one `hmac.new(secret.encode(), …, hashlib.sha256).hexdigest()`; "
        "compare each `v1` with it by `hmac.compare_digest`."
    ),
    (
        "`if not any(hmac.compare_digest(expected, one) for one in signatures): raise SignatureError('…')`, "
        "with a text that holds neither `expected` nor `secret`."
    ),
)
TWICE: Final = (
    'JSON\'s grammar does not say what `{"a":1,"a":2}` means. Which of the two does Python take? Try it.',
    "A dict cannot hold it, so `json.dumps` cannot write it. Work on the bytes, as in lab 00.",
    'Replace `"amount":` by another amount, a comma, and `"amount":` again; once is enough.',
    """`payload.replace(b'"amount":', b'"amount":1,"amount":', 1)`""",
)
ROUTE: Final = (
    "Read the table from the bottom up: which types begin alike and go to different topics?",
    "`str.startswith`, with the dot: `charge.` is not `chargeback`. The longer prefix must be asked first.",
    "A tuple of pairs (prefix, topic) in the right order, one loop, and `topics.UNROUTED` at the end.",
    "The order `payment_intent.`, `charge.refund.`, `charge.`, `radar.early_fraud_warning.`, `refund.` works.",
)
SEND: Final = (
    "When may the gateway say 200? Which method of the producer ends at that moment?",
    "`await producer.send(…)` ends when the record is in a buffer of this process; what it returns is a future.",
    "`help(producer.send_and_wait)`: it takes the topic, then `value=`, `key=`, `headers=` (a list of pairs).",
    (
        "`await producer.send_and_wait(record.topic, value=…, key=…, headers=list(record.headers))`, "
        "and no `try` around it: the gateway makes a 503 of what it raises."
    ),
)
