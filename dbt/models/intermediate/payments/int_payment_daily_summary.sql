with facts as (

    select * from {{ ref('fct_payments') }}

),

final as (

    select
        occurred_on,
        merchant_id,
        currency,
        event_kind,
        status,
        count(*) as event_count,
        sum(cast(amount_cents as decimal(38, 0))) as amount_cents,
        sum(cast(amount as decimal(38, 4))) as amount,
        sum(cast(amount_usd_cents as decimal(38, 0))) as amount_usd_cents
    from facts
    group by occurred_on, merchant_id, currency, event_kind, status

)

select * from final
