with source as (

    select * from {{ source('lakehouse', 'payment_events') }}

),

renamed as (

    select
        event_id,
        event_type,
        payment_intent_id,
        charge_id,
        merchant_id,
        customer_id,

        amount_cents,
        amount,
        currency,

        payment_method_type,
        card_brand,
        card_last_four,
        card_country,

        status,
        failure_code,
        attempt_number,

        fraud_score,
        risk_level,
        churn_score,
        churn_risk_level,
        retry_strategy,
        retry_delay_seconds,

        source,
        provider_created_at as occurred_at,
        ingested_at,
        load_batch_id
    from source

)

select * from renamed
