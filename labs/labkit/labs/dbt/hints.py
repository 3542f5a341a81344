"""The hints of this lab: each ladder leads from a question to nearly the line."""

from typing import Final

STAGING: Final = (
    "Look at the source again: which events have two rows, and by which column do you see the newer one?",
    (
        "`row_number() over (partition by … order by … desc)` numbers the rows of each event, the newest as 1. "
        "It cannot "
        "stand in a `where`, so it needs a `with` before it."
    ),
    (
        "`with source as (select *, row_number() over (partition by event_id order by ingested_at desc) as "
        "recency from "
        "{{ source('lakehouse', 'payment_events') }})`, then `select event_id, case event_type when … end as "
        "event_kind, …"
        " from source where recency = 1`."
    ),
)
CUSTOMER_TIER: Final = (
    "What text should Trino get for `customer_tier('lifetime_cents')`? Write that down first, as plain SQL.",
    "A `case` with three `when` and an `else`. The first `when` that is true wins, so which threshold comes first?",
    (
        "`{% macro customer_tier(usd_cents) %} case when {{ usd_cents }} >= 100000 then 'platinum' … else 'bronze' end "
        "{% endmacro %}`."
    ),
)
GUEST_VERSIONS: Final = (
    "When does a version begin? What do you have to know about the row before it, and of which guest?",
    (
        "Two steps, each with a `with`: `lag(…) over (partition by customer_id order by occurred_at)` brings what was "
        "tracked before; keep the rows where it differs. Only then `lead(occurred_at)` over the rows that are left."
    ),
    (
        "`lag(row(customer_tier, card_country)) over (…) as previous`, then `where previous is distinct from "
        "row(customer_tier, card_country)`: unlike `<>`, it takes null for a value. `is_current` is `valid_to is null`."
    ),
)
HISTORY_TEST: Final = (
    "Which rows would you show somebody as a proof that a history is broken? The test returns just these.",
    (
        "`lead(valid_from) over (partition by {{ key }} order by valid_from)` is where the next one begins, "
        "null for the "
        "last. `a is distinct from b` also finds the one that is null where the other is not."
    ),
    (
        "`where valid_to is distinct from next_valid_from or valid_to <= valid_from or is_current is distinct from "
        "(valid_to is null)`, between `{% test history(model, key) %}` and `{% endtest %}`."
    ),
)
ASSET_KEY: Final = (
    "When are two assets one and the same to Dagster?",
    "When their keys are the same, part by part. The ingestion's has `data`; what does dbt's source call itself?",
    'A list of two: `["data", properties[…]]`.',
)
CHANGED_ROWS: Final = (
    "A batch is whole or it is not there. Do you need a clock to tell which?",
    (
        "`load_batch_id not in (select load_batch_id from {{ this }})` finds all four. What is left are facts of old "
        "batches, whose versions changed under them: `or event_id in (select …)`."
    ),
    (
        "`… or event_id in (select facts.event_id from {{ this }} as facts left join {{ ref('dim_guest') }} as "
        "guests on "
        "facts.customer_key = guests.customer_key where facts.customer_key is not null and "
        "(guests.customer_key is null or "
        "facts.occurred_at >= guests.valid_to))`."
    ),
)
