{{ config(meta={'dagster': {'ref': {'name': 'fct_daily_payments'}}}) }}

-- A day's sums are those of its facts, per currency and status; each row returned is a sum that differs.
with facts as (

    select
        occurred_on,
        currency,
        status,
        count(*) as event_count,
        sum(cast(amount_cents as decimal(38, 0))) as amount_cents,
        sum(cast(amount_usd_cents as decimal(38, 0))) as amount_usd_cents
    from {{ ref('fct_payments') }}
    group by occurred_on, currency, status

),

daily as (

    select
        payment_date as occurred_on,
        currency,
        status,
        sum(event_count) as event_count,
        sum(amount_cents) as amount_cents,
        sum(amount_usd_cents) as amount_usd_cents
    from {{ ref('fct_daily_payments') }}
    group by payment_date, currency, status

)

(select 'facts' as side, * from facts except select 'facts' as side, * from daily)
union all
(select 'daily' as side, * from daily except select 'daily' as side, * from facts)
