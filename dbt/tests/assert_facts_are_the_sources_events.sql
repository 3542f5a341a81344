{{ config(meta={'dagster': {'ref': {'name': 'fct_payments'}}}) }}

-- What came in is what is in the mart, per day, currency and status; each row returned is a sum that differs. Events that
-- the source holds more than once have no one sum to compare: of those, each must be in the mart.
with repeated as (

    select * from {{ ref('stg_repeated_events') }}

),

source as (

    select
        cast(provider_created_at at time zone 'UTC' as date) as occurred_on,
        currency,
        status,
        count(*) as event_count,
        sum(cast(amount_cents as decimal(38, 0))) as amount_cents
    from {{ source('lakehouse', 'payment_events') }}
    where event_id not in (select repeated.event_id from repeated)
    group by 1, 2, 3

    union all

    select
        null as occurred_on,
        null as currency,
        null as status,
        count(*) as event_count,
        0 as amount_cents
    from repeated

),

facts as (

    select
        occurred_on,
        currency,
        status,
        count(*) as event_count,
        sum(cast(amount_cents as decimal(38, 0))) as amount_cents
    from {{ ref('fct_payments') }}
    where event_id not in (select repeated.event_id from repeated)
    group by occurred_on, currency, status

    union all

    select
        null as occurred_on,
        null as currency,
        null as status,
        count(*) as event_count,
        0 as amount_cents
    from {{ ref('fct_payments') }}
    where event_id in (select repeated.event_id from repeated)

)

(select 'source' as side, * from source except select 'source' as side, * from facts)
union all
(select 'facts' as side, * from facts except select 'facts' as side, * from source)
