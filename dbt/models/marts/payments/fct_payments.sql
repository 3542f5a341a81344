{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='event_id',
        views_enabled=false,
        on_schema_change='append_new_columns'
    )
}}

with events as (

    select * from {{ ref('stg_payment_events') }}

),

new_events as (

    select * from events
    {% if is_incremental() %}
        -- By key, not by time: a row that arrives late, or that becomes visible after a younger one, is still new.
        where event_id not in (select loaded.event_id from {{ this }} as loaded)
    {% endif %}

),

final as (

    select
        {{ dbt_utils.generate_surrogate_key(['event_id']) }} as payment_key,
        {{ dbt_utils.generate_surrogate_key(['customer_id']) }} as customer_key,
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
        occurred_at,
        cast(occurred_at at time zone 'UTC' as date) as occurred_on,
        ingested_at
    from new_events

)

select * from final
