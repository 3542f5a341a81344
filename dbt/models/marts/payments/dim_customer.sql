with states as (

    select
        *,
        lag(row(customer_tier, risk_profile, card_brand, card_country, churn_risk_level)) over (
            partition by customer_id order by occurred_at
        ) as previous
    from {{ ref('int_payment_customer_metrics') }}

),

versions as (

    select
        customer_id,
        customer_tier,
        risk_profile,
        card_brand,
        card_country,
        churn_risk_level,
        event_count,
        payment_count,
        failure_count,
        lifetime_usd_cents,
        occurred_at as valid_from,
        lead(occurred_at) over (partition by customer_id order by occurred_at) as valid_to
    from states
    where previous is distinct from row(customer_tier, risk_profile, card_brand, card_country, churn_risk_level)

),

unknown_member as (

    -- The customer of every guest: always there, without history.
    select
        '{{ var("unknown_member") }}' as customer_id,
        cast(null as varchar) as customer_tier,
        cast(null as varchar) as risk_profile,
        cast(null as varchar) as card_brand,
        cast(null as varchar) as card_country,
        cast(null as varchar) as churn_risk_level,
        cast(null as bigint) as event_count,
        cast(null as bigint) as payment_count,
        cast(null as bigint) as failure_count,
        cast(null as decimal(38, 0)) as lifetime_usd_cents,
        timestamp '1970-01-01 00:00:00.000000 UTC' as valid_from,
        cast(null as timestamp(6) with time zone) as valid_to

),

unioned as (

    select * from versions
    union all
    select * from unknown_member

),

final as (

    select
        {{ dbt_utils.generate_surrogate_key(['customer_id', 'valid_from']) }} as customer_key,
        customer_id,
        customer_tier,
        risk_profile,
        card_brand,
        card_country,
        churn_risk_level,
        event_count,
        payment_count,
        failure_count,
        lifetime_usd_cents,
        {{ cents_to_dollars('lifetime_usd_cents') }} as lifetime_usd,
        valid_from,
        valid_to,
        valid_to is null as is_current
    from unioned

)

select * from final
