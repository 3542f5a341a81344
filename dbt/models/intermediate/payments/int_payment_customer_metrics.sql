with events as (

    select * from {{ ref('stg_payment_events') }}
    where customer_id <> '{{ var("unknown_member") }}'

),

to_date as (

    select
        customer_id,
        occurred_at,
        count(*) over until_now as event_count,
        count_if(event_kind = 'payment') over until_now as payment_count,
        count_if(event_kind = 'failure') over until_now as failure_count,
        sum(if(event_kind = 'payment', cast(amount_usd_cents as decimal(38, 0)), 0)) over until_now
            as lifetime_usd_cents,
        last_value(card_brand) ignore nulls over until_now as card_brand,
        last_value(card_country) ignore nulls over until_now as card_country,
        last_value(churn_risk_level) ignore nulls over until_now as churn_risk_level,
        lead(occurred_at) over (partition by customer_id order by occurred_at, event_id) as next_occurred_at
    from events
    window until_now as (partition by customer_id order by occurred_at, event_id rows unbounded preceding)

),

moments as (

    -- What happens at one moment is one step: of events with the same timestamp, the last by id has added up them all.
    select * from to_date
    where next_occurred_at is distinct from occurred_at

),

rated as (

    select
        *,
        -- Nothing tried yet is a rate of null.
        cast(failure_count as double) / nullif(payment_count + failure_count, 0) as failure_rate
    from moments

),

final as (

    select
        *,
        {{ customer_tier('lifetime_usd_cents') }} as customer_tier,
        {{ risk_profile('failure_rate') }} as risk_profile
    from rated

)

select * from final
