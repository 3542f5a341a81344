-- Tier and risk profile follow from the figures in the same row; each row returned is a version in which they do not.
select *
from {{ ref('dim_customer') }}
where
    customer_id <> '{{ var("unknown_member") }}'
    and (
        customer_tier is distinct from {{ customer_tier('lifetime_usd_cents') }}
        or risk_profile is distinct from {{ risk_profile(
            'cast(failure_count as double) / nullif(payment_count + failure_count, 0)'
        ) }}
        or payment_count + failure_count > event_count
        or lifetime_usd * 100 <> lifetime_usd_cents
    )
