with events as (

    select * from {{ ref('stg_payment_events') }}

),

customers as (

    select
        customer_id,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at,
        count(*) as event_count,
        count_if(event_type in ('payment_intent.payment_failed', 'charge.failed')) as failed_event_count,
        max_by(card_country, occurred_at) filter (where card_country is not null) as latest_card_country,
        max_by(churn_risk_level, occurred_at) filter (where churn_risk_level is not null) as latest_churn_risk_level
    from events
    group by customer_id

),

final as (

    select
        -- Events without a customer have one key too, that of null: they are the unknown member.
        {{ dbt_utils.generate_surrogate_key(['customer_id']) }} as customer_key,
        coalesce(customer_id, 'unknown') as customer_id,
        first_event_at,
        last_event_at,
        event_count,
        failed_event_count,
        latest_card_country,
        latest_churn_risk_level
    from customers

)

select * from final
