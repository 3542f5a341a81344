with events as (

    select * from {{ ref('stg_payment_events') }}

),

disputes as (

    select * from events
    where event_kind = 'dispute'

),

disputed_charges as (

    select
        charge_id,
        min_by(merchant_id, event_id) as merchant_id
    from events
    where event_kind = 'payment' and charge_id in (select disputes.charge_id from disputes)
    group by charge_id

),

activity as (

    -- A dispute names its charge, and the charge the merchant that it is about. The merchant in the dispute's own row
    -- is as a rule the platform, for which the event is one of no kind.
    select
        merchant_id,
        occurred_on,
        amount_usd_cents,
        if(event_kind = 'dispute', 'other', event_kind) as event_kind
    from events

    union all

    select
        coalesce(disputed_charges.merchant_id, disputes.merchant_id) as merchant_id,
        disputes.occurred_on,
        disputes.amount_usd_cents,
        'dispute' as event_kind
    from disputes
    left join disputed_charges on disputes.charge_id = disputed_charges.charge_id

),

days as (

    select
        merchant_id,
        occurred_on,
        count_if(event_kind = 'payment') as payment_count,
        count_if(event_kind = 'failure') as failure_count,
        count_if(event_kind = 'refund') as refund_count,
        count_if(event_kind = 'dispute') as dispute_count,
        sum(if(event_kind = 'payment', cast(amount_usd_cents as decimal(38, 0)), 0)) as lifetime_usd_cents
    from activity
    group by merchant_id, occurred_on

),

closings as (

    select
        merchant_id,
        date_add('day', 1, occurred_on) as rated_on,
        sum(payment_count) over until_now as payment_count,
        sum(failure_count) over until_now as failure_count,
        sum(refund_count) over until_now as refund_count,
        sum(dispute_count) over until_now as dispute_count,
        sum(lifetime_usd_cents) over until_now as lifetime_usd_cents
    from days
    window until_now as (partition by merchant_id order by occurred_on rows unbounded preceding)

),

ratings as (

    -- A merchant starts without a history, at the start of the first day.
    select
        merchant_id,
        min(occurred_on) as rated_on,
        0 as payment_count,
        0 as failure_count,
        0 as refund_count,
        0 as dispute_count,
        0 as lifetime_usd_cents
    from days
    group by merchant_id

    union all

    -- The newest day of all is not over: nothing has occurred after it.
    select * from closings
    where rated_on <= (select max(days.occurred_on) from days)

),

rated as (

    select
        *,
        cast(dispute_count as double) / nullif(payment_count, 0) as dispute_rate,
        cast(refund_count as double) / nullif(payment_count, 0) as refund_rate,
        cast(failure_count as double) / nullif(payment_count + failure_count, 0) as failure_rate
    from ratings

),

scored as (

    select
        *,
        {{ merchant_health_score('dispute_rate', 'refund_rate', 'failure_rate') }} as health_score
    from rated

),

final as (

    select
        *,
        {{ customer_tier('lifetime_usd_cents') }} as merchant_tier,
        {{ health_band('health_score', 'payment_count + failure_count') }} as health_band
    from scored

)

select * from final
