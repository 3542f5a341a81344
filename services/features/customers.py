"""Features of a customer: a row for each moment at which one of them changes. SQL for DuckDB.

An event enters all windows when it becomes available, and leaves each when it is that old: a *step* each time. Summing
a customer's steps up in the order of time gives every state that there was, and nothing has to be computed at a join.
"""

from typing import Final

from services.features.tiers import tier

WINDOWS_DAYS: Final = (1, 7, 30, 90)
SETTLED_DAYS: Final = 7
"""A card or a merchant counts as the customer's own once a payment there is this old: longer than a theft lasts."""

COUNTED: Final = {
    "payments": (1, 7, 30, 90),
    "failures": (1, 7, 30, 90),
    "spent_usd_cents": (7, 30, 90),
    "new_cards": (1, 7, 30),
    "new_merchants": (1, 7, 30),
    "away": (1, 7, 90),
    "refunds": (90,),
    "disputes": (90,),
    "fraud_reports": (7, 90),
    "log_usd": (90,),
    "log_usd_above_usual": (1, 90),
}
"""What is summed up, over which windows (days)."""

_SUMS: Final = [(name, days) for name, windows in COUNTED.items() for days in windows]


def _each(template: str) -> str:
    return ",\n        ".join(template.format(name=name, days=days) for name, days in _SUMS)


# +1 when it becomes available, if it is not too old for the window already; -1 when it gets too old.
_STEP: Final = (
    "sum(case when step = 0 and occurred_at + interval {days} day > available_at then {name} "
    "when step = {days} then -{name} else 0 end) as {name}_{days}d"
)
_STATE: Final = "sum({name}_{days}d) over so_far as {name}_{days}d"
_COUNTS: Final = ",\n    ".join(
    f"cast({name}_{days}d as {'bigint' if name == 'spent_usd_cents' else 'integer'}) as customer_{name}_{days}d"
    for name, days in _SUMS
    if not name.startswith("log_usd")
)

CUSTOMER_FEATURES: Final = f"""
with compared as (
    select activity.*,
           if(payments = 1, coalesce(log_usd - cast(round(1e6 * merchant_log_usd_mean) as bigint), 0), 0)
               as log_usd_above_usual
    from activity asof left join merchant_features
        on activity.merchant_id = merchant_features.merchant_id
        and activity.available_at >= merchant_features.event_timestamp
    where customer_id is not null
),
moved as (
    select *, if(step = 0, available_at, occurred_at + to_days(cast(step as integer))) as moment
    from compared cross join (select unnest([0, {", ".join(map(str, WINDOWS_DAYS))}]) as step)
    where step = 0 or occurred_at + to_days(cast(step as integer)) > available_at
),
steps as (
    select
        customer_id, moment,
        {_each(_STEP)},
        sum(if(step = 0, payments, 0)) as payments,
        sum(if(step = 0, failures, 0)) as failures,
        sum(if(step = 0, spent_usd_cents, 0)) as spent_usd_cents,
        min(occurred_at) as first_seen_at,
        min(if(step = 0 and payments = 1, occurred_at, null)) as first_payment_at,
        max(if(step = 0 and payments = 1, occurred_at, null)) as last_payment_at,
        max(if(step = 0 and failures = 1, occurred_at, null)) as last_failure_at,
        bit_or(if(step = {SETTLED_DAYS}, card_bit, 0)) as card_bits,
        bit_or(if(step = {SETTLED_DAYS}, merchant_bit, 0)) as merchant_bits,
        max(if(step = {SETTLED_DAYS}, country, null)) as country
    from moved
    group by customer_id, moment
),
states as (
    select
        customer_id, moment,
        {_each(_STATE)},
        sum(payments) over so_far as payments,
        sum(failures) over so_far as failures,
        sum(spent_usd_cents) over so_far as spent_usd_cents,
        min(first_seen_at) over so_far as first_seen_at,
        min(first_payment_at) over so_far as first_payment_at,
        max(last_payment_at) over so_far as last_payment_at,
        max(last_failure_at) over so_far as last_failure_at,
        bit_or(card_bits) over so_far as card_bits,
        bit_or(merchant_bits) over so_far as merchant_bits,
        last_value(country ignore nulls) over so_far as country
    from steps
    window so_far as (partition by customer_id order by moment rows unbounded preceding)
)
select
    customer_id,
    moment as event_timestamp,
    {_COUNTS},
    cast(log_usd_90d / nullif(payments_90d, 0) / 1e6 as float) as customer_log_usd_mean_90d,
    cast(log_usd_above_usual_1d / nullif(payments_1d, 0) / 1e6 as float) as customer_log_usd_above_usual_1d,
    cast(log_usd_above_usual_90d / nullif(payments_90d, 0) / 1e6 as float) as customer_log_usd_above_usual_90d,
    cast(failures_90d / nullif(payments_90d + failures_90d, 0) as float) as customer_failure_rate_90d,
    cast(payments as integer) as customer_payments,
    cast(failures as integer) as customer_failures,
    cast(epoch(first_seen_at) as bigint) as customer_first_seen_at_s,
    cast(epoch(first_payment_at) as bigint) as customer_first_payment_at_s,
    cast(epoch(last_payment_at) as bigint) as customer_last_payment_at_s,
    cast(epoch(last_failure_at) as bigint) as customer_last_failure_at_s,
    card_bits as customer_card_bits,
    merchant_bits as customer_merchant_bits,
    country as customer_country,
    {tier("spent_usd_cents")} as customer_tier
from states
order by event_timestamp, customer_id
"""
