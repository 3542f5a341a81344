-- A table, since every reader of stg_payment_events needs it, and it takes as long to make as all else that they do.
{{ config(materialized='table') }}

with source as (

    select * from {{ source('lakehouse', 'payment_events') }}

),

final as (

    select
        event_id,
        count(*) as row_count
    from source
    group by event_id
    having count(*) > 1

)

select * from final
