{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='event_id',
        views_enabled=false,
        on_schema_change='fail',
        properties={'partitioning': "array['month(occurred_on)']"}
    )
}}

{#- What makes an event and its version. All else changes only with a new version, which has a row of its own. #}
{%- set compared_columns = [
    'event_id', 'event_type', 'merchant_id', 'customer_id', 'amount_cents', 'amount_usd_cents', 'currency', 'status',
    'occurred_at', 'ingested_at',
] %}

with events as (

    select * from {{ ref('stg_payment_events') }}

),

customers as (

    select * from {{ ref('dim_customer') }}

),

merchants as (

    select * from {{ ref('dim_merchant') }}

),

{% if is_incremental() %}

    facts as (

        select * from {{ this }}

    ),

    -- A batch is merged once its rows are the same here and there, by number and checksums. So nothing new is missed,
    -- however late it is and in whatever order it became visible, and what is the same is not written again.
    unmerged_batches as (

        select
            load_batch_id,
            {{ checksums(compared_columns) }}
        from events
        group by load_batch_id

        except

        select
            load_batch_id,
            {{ checksums(compared_columns) }}
        from facts
        group by load_batch_id

    ),

    -- Facts whose version of a customer or merchant is gone, or ends before them, since something late arrived.
    misplaced as (

        select facts.event_id
        from facts
        left join customers on facts.customer_key = customers.customer_key
        left join merchants on facts.merchant_key = merchants.merchant_key
        where
            customers.customer_key is null
            or merchants.merchant_key is null
            or facts.occurred_at >= customers.valid_to
            or facts.occurred_at >= merchants.valid_to

    ),

{% endif %}

changed as (

    select * from events
    {% if is_incremental() %}
        where
            load_batch_id in (select unmerged_batches.load_batch_id from unmerged_batches)
            or event_id in (select misplaced.event_id from misplaced)
    {% endif %}

),

final as (

    select
        -- The versions that held when the event occurred.
        customers.customer_key,
        merchants.merchant_key,

        changed.event_id,
        changed.event_type,
        changed.event_kind,
        changed.payment_intent_id,
        changed.charge_id,
        changed.merchant_id,
        changed.customer_id,

        changed.amount_cents,
        changed.amount,
        changed.currency,
        changed.amount_usd_cents,

        changed.payment_method_type,
        changed.card_brand,
        changed.card_last_four,
        changed.card_country,
        changed.card_funding,
        changed.buyer_country,

        changed.status,
        changed.failure_code,
        changed.attempt_number,
        changed.retry_in_s,
        changed.retry_policy,
        changed.dispute_reason,

        changed.fraud_score,
        changed.risk_level,
        changed.churn_score,
        changed.churn_risk_level,
        changed.retry_strategy,
        changed.retry_delay_seconds,

        changed.source,
        changed.occurred_at,
        changed.occurred_on,
        changed.ingested_at,
        changed.load_batch_id,

        {{ dbt_utils.generate_surrogate_key(['changed.event_id']) }} as payment_key
    from changed
    inner join customers
        on
            coalesce(changed.customer_id, '{{ var("unknown_member") }}') = customers.customer_id
            and changed.occurred_at >= customers.valid_from
            and (changed.occurred_at < customers.valid_to or customers.valid_to is null)
    inner join merchants
        on
            changed.merchant_id = merchants.merchant_id
            and changed.occurred_at >= merchants.valid_from
            and (changed.occurred_at < merchants.valid_to or merchants.valid_to is null)

)

select * from final
