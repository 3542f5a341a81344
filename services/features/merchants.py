"""Features of a merchant: one row per merchant and day, valid from the midnight (UTC) after it. SQL for DuckDB."""

from typing import Final

from services.features.tiers import tier

WINDOWS_DAYS: Final = (7, 30, 90)
_COUNTED: Final = ("payments", "failures", "refunds", "disputes", "fraud_reports", "log_usd", "log_usd_squares", "away")


def _sums() -> str:
    return ",\n    ".join(
        f"sum({name}) over (partition by merchant_id order by day rows between {days - 1} preceding and current row)"
        f" as {name}_{days}d"
        for name in _COUNTED
        for days in WINDOWS_DAYS
    )


def _rates() -> str:
    """Each is null where there is nothing to divide by."""
    return ",\n    ".join(
        f"""cast(payments_{days}d as integer) as merchant_payments_{days}d,
    cast(failures_{days}d / nullif(payments_{days}d + failures_{days}d, 0) as float) as merchant_failure_rate_{days}d,
    cast(refunds_{days}d / nullif(payments_{days}d, 0) as float) as merchant_refund_rate_{days}d,
    cast(disputes_{days}d / nullif(payments_{days}d, 0) as float) as merchant_dispute_rate_{days}d,
    cast(fraud_reports_{days}d / nullif(payments_{days}d, 0) as float) as merchant_fraud_report_rate_{days}d"""
        for days in WINDOWS_DAYS
    )


MERCHANT_FEATURES: Final = f"""
with days as (
    select merchant_id, cast(available_at at time zone 'UTC' as date) as day,
           sum(payments) as payments, sum(failures) as failures, sum(refunds) as refunds, sum(disputes) as disputes,
           sum(fraud_reports) as fraud_reports, sum(spent_usd_cents) as spent_usd_cents, sum(log_usd) as log_usd,
           sum((log_usd // 1000) * (log_usd // 1000)) as log_usd_squares, sum(away) as away
    from activity group by all
),
calendar as (
    select merchant_id, cast(unnest(generate_series(first_day, last_day, interval 1 day)) as date) as day
    from (select merchant_id, min(day) as first_day, (select max(day) from days) as last_day from days group by all)
),
dense as (
    select merchant_id, day, columns(* exclude (merchant_id, day))
    from calendar left join days using (merchant_id, day)
),
summed as (
    select
    merchant_id, day, sum(spent_usd_cents) over (partition by merchant_id order by day) as spent_usd_cents,
    {_sums()}
    from dense
)
select
    merchant_id,
    cast(day + interval 1 day as timestamp) at time zone 'UTC' as event_timestamp,
    {_rates()},
    cast(log_usd_90d / nullif(payments_90d, 0) / 1e6 as float) as merchant_log_usd_mean,
    cast(sqrt(greatest(log_usd_squares_90d / nullif(payments_90d, 0) / 1e6
        - (log_usd_90d / nullif(payments_90d, 0) / 1e6) ** 2, 0)) as float) as merchant_log_usd_spread,
    cast(away_90d / nullif(payments_90d + failures_90d, 0) as float) as merchant_away_rate_90d,
    {tier("coalesce(spent_usd_cents, 0)")} as merchant_tier
from summed
order by event_timestamp, merchant_id
"""
