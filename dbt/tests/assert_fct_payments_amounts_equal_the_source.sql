-- The money that came in is the money in the mart, per currency; each row returned is a currency in which it is not.
with source as (

    select currency, sum(cast(amount_cents as decimal(38, 0))) as amount_cents, count(*) as events
    from {{ source('lakehouse', 'payment_events') }}
    group by currency

),

mart as (

    select currency, sum(cast(amount_cents as decimal(38, 0))) as amount_cents, count(*) as events
    from {{ ref('fct_payments') }}
    group by currency

)

select
    currency,
    source.amount_cents as source_amount_cents,
    mart.amount_cents as mart_amount_cents,
    source.events as source_events,
    mart.events as mart_events
from source
full outer join mart using (currency)
where source.amount_cents is distinct from mart.amount_cents
    or source.events is distinct from mart.events
