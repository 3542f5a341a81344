"""What happened to whom, and when it was known: the one reading of the facts that every feature is counted from.

SQL for DuckDB over `facts`, the columns of `fct_payments` named in `COLUMNS`.
"""

from typing import Final

COLUMNS: Final = (
    *("event_id", "event_type", "event_kind", "payment_intent_id", "charge_id", "merchant_id", "customer_id"),
    *("amount_usd_cents", "currency", "card_brand", "card_last_four", "card_country", "card_funding", "buyer_country"),
    *("failure_code", "attempt_number", "retry_in_s", "retry_policy", "dispute_reason", "occurred_at", "ingested_at"),
)
FRAUD_WARNING: Final = "radar.early_fraud_warning.created"
KINDS: Final = ("payment", "failure", "refund", "dispute")
"""Which events matter, beside warnings; the others repeat what these say (see `event_kind` in dbt's docs)."""

BATCH_INTERVAL_MINUTES: Final = 15
"""How long after it was stored an event reaches the online store, at worst: the batch's schedule."""

BLOOM_BITS: Final = 52
"""A set of ids as a bit mask: one hash, so an id may be taken for another, seldom. A float64, which pandas makes of an
integer column with nulls, holds 52 bits exactly."""


def bloom_bit(text: str) -> str:
    """Return SQL for the bit of a text; `transaction.bloom_bits` is the same in Python."""
    return f"(cast(1 as bigint) << cast(concat('0x', left(md5({text}), 8)) as bigint) % {BLOOM_BITS})"


ACTIVITY: Final = f"""
with charges as (
    select charge_id, min_by(customer_id, event_id) as customer_id, min_by(merchant_id, event_id) as merchant_id,
           min(ingested_at) as ingested_at
    from facts where event_kind = 'payment' group by charge_id
),
-- Refunds, disputes and warnings name their charge; whose it was, and at which merchant, the charge tells. So they are
-- known once both are.
told as (
    select customer_id, merchant_id, occurred_at, ingested_at as known_at, event_kind as kind, amount_usd_cents,
           concat_ws('-', card_brand, card_last_four) as card, card_country, buyer_country, false as reported
    from facts where event_kind in ('payment', 'failure')
    union all
    select charges.customer_id, charges.merchant_id, facts.occurred_at,
           greatest(facts.ingested_at, charges.ingested_at), if(event_type = '{FRAUD_WARNING}', 'warning', event_kind),
           amount_usd_cents, null, null, null,
           event_type = '{FRAUD_WARNING}' or coalesce(dispute_reason = 'fraudulent', false)
    from facts inner join charges using (charge_id)
    where event_kind in ('refund', 'dispute') or event_type = '{FRAUD_WARNING}'
)
select
    customer_id, merchant_id, occurred_at, known_at + interval {BATCH_INTERVAL_MINUTES} minute as available_at,
    cast(kind = 'payment' as int) as payments,
    cast(kind = 'failure' as int) as failures,
    cast(kind = 'refund' as int) as refunds,
    cast(kind = 'dispute' as int) as disputes,
    cast(reported as int) as fraud_reports,
    if(kind = 'payment', amount_usd_cents, 0) as spent_usd_cents,
    -- In millionths, as whole numbers: their sum does not depend on the order of its terms.
    if(kind = 'payment', cast(round(1e6 * ln(greatest(amount_usd_cents, 1))) as bigint), 0) as log_usd,
    cast(coalesce(card_country <> buyer_country, false) as int) as away,
    cast(kind in ('payment', 'failure') and row_number() over (
        partition by customer_id, card order by known_at, occurred_at) = 1 as int) as new_cards,
    cast(kind in ('payment', 'failure') and row_number() over (
        partition by customer_id, merchant_id order by known_at, occurred_at) = 1 as int) as new_merchants,
    if(kind = 'payment', {bloom_bit("card")}, 0) as card_bit,
    if(kind = 'payment', {bloom_bit("merchant_id")}, 0) as merchant_bit,
    if(kind = 'payment', card_country, null) as country
from told
"""
"""One row per thing that happened. Counts are 0 or 1, money is in US cents, `log_usd` in millionths."""
