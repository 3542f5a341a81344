"""The hints of this lab: each ladder leads from an idea to nearly the line."""

from typing import Final

KEY: Final = (
    "Kafka keeps order within a partition, and equal keys go to the same one. Which events must stay in order?",
    "A charge, a refund and a dispute have ids of their own; all three carry the id of their `payment_intent`.",
    "`subject = event['data']['object']`. If `subject['object']` is `'payment_intent'`, its own `id` is it.",
    "Take `subject['id']` of an intent, `subject['payment_intent']` of anything else, and `.encode()` it.",
)
RELAY: Final = (
    "Imagine the power fails between any two of your lines. What has Kafka committed by then, and what has arrived?",
    "`await consumer.getmany(timeout_ms=500)` gives `{partition: [record, …]}`. Produce first, commit afterwards.",
    "A committed offset is that of the next record to read: `records[-1].offset + 1`.",
    (
        "Two loops: over `batch.items()`, and in it over the records, awaiting `produce(record)`; after the inner one "
        "`await consumer.commit({partition: …})`. No `try`."
    ),
)
MAJOR_UNITS: Final = (
    "How many decimals has the currency? All else follows. Who is right where ISO 4217 and Stripe differ?",
    "Start with `ISO_EXPONENTS`, put Stripe's exceptions over it: a small dict for `MGA`, `ISK` and `UGX`.",
    "`Decimal(amount_cents).scaleb(-decimals)` moves the point and never rounds. A code that is not there: raise.",
    "`{**ISO_EXPONENTS, 'MGA': 0, 'ISK': 2, 'UGX': 2}.get(currency)`, and NormalizationError where that gives None.",
)
CLEAN: Final = (
    "List the ways in which people and programs write 'nothing'. Which of them could also be something?",
    "`strip()` first, then compare `lower()` with a set; what you return is the stripped text, capitals and all.",
    "None may come in as well. And mind Namibia: `NA` is a country.",
    "The set `{'', 'null', 'none', 'nil', 'nan', 'n/a', 'undefined'}` is what the platform uses.",
)
POISON: Final = (
    "The gateway looks at the envelope: object, id, type, data.object. What does a payment need beside that?",
    "`event['data']['object']` has the payment: its `amount`, its `currency`, its `status`.",
    "An amount of 15.9, or true, or null; a currency that nobody has; any one of them will do.",
    "`event['data']['object']['currency'] = 'xqq'`, and return the event.",
)
