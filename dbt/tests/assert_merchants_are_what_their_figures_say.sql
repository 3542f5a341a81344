-- Tier and health follow from the figures in the same row; each row returned is a version in which they do not.
select *
from {{ ref('dim_merchant') }}
where
    merchant_tier is distinct from {{ customer_tier('lifetime_usd_cents') }}
    or health_band is distinct from {{ health_band('health_score', 'payment_count + failure_count') }}
    or health_score is distinct from {{ merchant_health_score('dispute_rate', 'refund_rate', 'failure_rate') }}
    or health_score not between 0 and 100
    or dispute_rate * payment_count - dispute_count not between -0.5e0 and 0.5e0
    or refund_rate * payment_count - refund_count not between -0.5e0 and 0.5e0
    or lifetime_usd * 100 <> lifetime_usd_cents
