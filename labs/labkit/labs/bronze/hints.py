"""The hints of this lab: each ladder leads from a question to nearly the line."""

from typing import Final

FRAUD_SCORE: Final = (
    "Which of the three signs does this payment show, and what does each add to 0.05?",
    (
        "`payment.amount_cents`, `payment.card_country` (may be None) and `payment.attempt_number`. Add, then"
        " look at the largest sum there can be."
    ),
    ("`if payment.card_country not in (None, 'US'): score += 0.3`, and in the end `return min(1.0, score)`."),
)
FEATURES: Final = (
    "What does inference need to know of an event, and what happens to a field that it does not know?",
    ("`PaymentFeatures` in `services/inference/messages.py` lists them all; amounts are `amount_cents`, an int."),
    "`{name: getattr(event, name) for name in ('event_type', 'merchant_id', …)}`, with all ten names.",
)
SCORE_OR_FALLBACK: Final = (
    (
        "What can happen when you ask somebody over a network: three things besides an answer. Which one is "
        "your own fault?"
    ),
    (
        "`async with asyncio.timeout(1):` raises TimeoutError when time is up; aiohttp raises "
        "`aiohttp.ClientError` when nobody listens. `fallback.SCORE` is what to return then."
    ),
    (
        "`try: async with asyncio.timeout(1): return await ask()`, `except (TimeoutError, "
        "aiohttp.ClientError): return fallback.SCORE`. RequestRefusedError is neither, and goes through."
    ),
)
STORE: Final = (
    ("What does PostgreSQL say to a row that is there already, to one that does not fit, and when it is away?"),
    (
        "`ON CONFLICT (event_id) DO NOTHING`, and `rowcount` says whether a row was written. After an error "
        "the transaction is void: `with connection.transaction():` makes a savepoint to go back to."
    ),
    (
        "`try: with connection.transaction(): done = connection.execute(INSERT_EVENT + ' ON CONFLICT …', "
        "row)`, `except (DataError, IntegrityError) as error: tables.quarantine(connection, row, "
        "type(error).__name__)`."
    ),
)
REVIEW: Final = (
    "Which of the two rows can be mended, and who will ask in a year who decided so?",
    (
        "`json.loads(row['payload'])` raises ValueError where it is no JSON. A review sets review_status, "
        "reviewed_by and reviewed_at, of this row, and only if it is still open."
    ),
    (
        "`UPDATE payment_events_quarantine SET review_status = %s, reviewed_by = %s, reviewed_at = now() "
        "WHERE quarantine_id = %s AND review_status = 'open'`; its `rowcount` says whether you were the "
        "first."
    ),
)
