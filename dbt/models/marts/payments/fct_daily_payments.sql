{{ config(properties={'partitioning': "array['month(payment_date)']"}) }}

with summary as (

    select * from {{ ref('int_payment_daily_summary') }}

),

final as (

    select
        {{ dbt_utils.generate_surrogate_key(
            ['occurred_on', 'merchant_id', 'currency', 'event_kind', 'status']
        ) }} as daily_payment_key,
        occurred_on as payment_date,
        merchant_id,
        currency,
        event_kind,
        status,
        event_count,
        amount_cents,
        amount,
        amount_usd_cents,
        {{ cents_to_dollars('amount_usd_cents') }} as amount_usd
    from summary

)

select * from final
