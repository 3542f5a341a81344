with states as (

    select
        *,
        lag(row(merchant_tier, health_band)) over (partition by merchant_id order by rated_on) as previous
    from {{ ref('int_payment_merchant_metrics') }}

),

versions as (

    select
        merchant_id,
        merchant_tier,
        health_band,
        health_score,
        dispute_rate,
        refund_rate,
        failure_rate,
        payment_count,
        failure_count,
        refund_count,
        dispute_count,
        lifetime_usd_cents,
        with_timezone(cast(rated_on as timestamp(6)), 'UTC') as valid_from,
        with_timezone(
            cast(lead(rated_on) over (partition by merchant_id order by rated_on) as timestamp(6)), 'UTC'
        ) as valid_to
    from states
    where previous is distinct from row(merchant_tier, health_band)

),

final as (

    select
        {{ dbt_utils.generate_surrogate_key(['merchant_id', 'valid_from']) }} as merchant_key,
        merchant_id,
        merchant_tier,
        health_band,
        health_score,
        dispute_rate,
        refund_rate,
        failure_rate,
        payment_count,
        failure_count,
        refund_count,
        dispute_count,
        lifetime_usd_cents,
        {{ cents_to_dollars('lifetime_usd_cents') }} as lifetime_usd,
        valid_from,
        valid_to,
        valid_to is null as is_current
    from versions

)

select * from final
