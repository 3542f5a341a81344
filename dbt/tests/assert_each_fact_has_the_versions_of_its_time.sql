{{ config(meta={'dagster': {'ref': {'name': 'fct_payments'}}}) }}

-- The customer and the merchant that a fact points at are its own, and as they were when it occurred; each row returned is
-- a fact that points at another.
select
    facts.event_id,
    facts.occurred_at,
    facts.customer_key,
    facts.merchant_key
from {{ ref('fct_payments') }} as facts
left join {{ ref('dim_customer') }} as customers on facts.customer_key = customers.customer_key
left join {{ ref('dim_merchant') }} as merchants on facts.merchant_key = merchants.merchant_key
where
    coalesce(facts.customer_id, '{{ var("unknown_member") }}') is distinct from customers.customer_id
    or facts.merchant_id is distinct from merchants.merchant_id
    or facts.occurred_at < customers.valid_from
    or facts.occurred_at >= customers.valid_to
    or facts.occurred_at < merchants.valid_from
    or facts.occurred_at >= merchants.valid_to
