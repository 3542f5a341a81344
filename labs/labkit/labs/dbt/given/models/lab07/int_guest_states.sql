-- One row per guest and moment: what was known of the guest once it had passed. Given.
{{ config(materialized='ephemeral') }}

with payments as (

    select * from {{ ref('stg_cafe_payments') }}
    where customer_id is not null

),

to_date as (

    select
        customer_id,
        occurred_at,
        sum(if(event_kind = 'payment', amount_cents, 0)) over until_now as lifetime_cents,
        last_value(card_country) ignore nulls over until_now as card_country,
        lead(occurred_at) over (partition by customer_id order by occurred_at, event_id) as next_occurred_at
    from payments
    window until_now as (partition by customer_id order by occurred_at, event_id rows unbounded preceding)

),

final as (

    select
        customer_id,
        occurred_at,
        lifetime_cents,
        {{ customer_tier('lifetime_cents') }} as customer_tier,
        card_country
    from to_date
    -- Events of one moment are one step: the last of them has added up them all.
    where next_occurred_at is distinct from occurred_at

)

select * from final
