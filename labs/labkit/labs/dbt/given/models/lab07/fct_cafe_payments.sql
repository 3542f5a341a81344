-- One row per event, with the version of the guest that held when it occurred. Given, but for the condition.
{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='event_id',
        views_enabled=false
    )
}}

with payments as (

    select * from {{ ref('stg_cafe_payments') }}

),

guests as (

    select * from {{ ref('dim_guest') }}

),

changed as (

    select * from payments
    {% if is_incremental() %}
        where __CHANGED__
    {% endif %}

),

final as (

    select
        changed.event_id,
        changed.event_kind,
        changed.amount_cents,
        changed.occurred_at,
        changed.ingested_at,
        changed.load_batch_id,
        guests.customer_key
    from changed
    left join guests
        on
            changed.customer_id = guests.customer_id
            and changed.occurred_at >= guests.valid_from
            and (changed.occurred_at < guests.valid_to or guests.valid_to is null)

)

select * from final
