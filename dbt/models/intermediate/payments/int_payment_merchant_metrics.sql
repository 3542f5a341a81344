with events as (

    select * from {{ ref('stg_payment_events') }}

),

disputes as (

    select charge_id from events
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

-- Trino computes a CTE anew each time it is named; so here `events` is named three times, and the CTEs below once each.
activity as (

    -- A dispute names its charge, and the charge the merchant that it is about. The merchant in the dispute's own row
    -- is as a rule the platform, for which the event is one of no kind.
    select
        events.occurred_on,
        events.amount_usd_cents,
        told.merchant_id,
        told.event_kind
    from events
    left join disputed_charges on events.event_kind = 'dispute' and events.charge_id = disputed_charges.charge_id
    cross join unnest(
        if(
            events.event_kind = 'dispute',
            array[
                row(events.merchant_id, 'other'),
                row(coalesce(disputed_charges.merchant_id, events.merchant_id), 'dispute')
            ],
            array[row(events.merchant_id, events.event_kind)]
        )
    ) as told (merchant_id, event_kind)

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
        occurred_on,
        sum(payment_count) over until_now as payment_count,
        sum(failure_count) over until_now as failure_count,
        sum(refund_count) over until_now as refund_count,
        sum(dispute_count) over until_now as dispute_count,
        sum(lifetime_usd_cents) over until_now as lifetime_usd_cents,
        row_number() over (partition by merchant_id order by occurred_on) as day_number,
        max(occurred_on) over () as newest_day
    from days
    window until_now as (partition by merchant_id order by occurred_on rows unbounded preceding)

),

ratings as (

    -- Each day gives a rating for the next one; a merchant's first day also one for its own start, without a history.
    select
        closings.merchant_id,
        date_add('day', step.days_later, closings.occurred_on) as rated_on,
        closings.payment_count * step.days_later as payment_count,
        closings.failure_count * step.days_later as failure_count,
        closings.refund_count * step.days_later as refund_count,
        closings.dispute_count * step.days_later as dispute_count,
        closings.lifetime_usd_cents * step.days_later as lifetime_usd_cents
    from closings
    cross join unnest(if(closings.day_number = 1, array[0, 1], array[1])) as step (days_later)
    -- The newest day of all is not over: nothing has occurred after it.
    where step.days_later = 0 or closings.occurred_on < closings.newest_day

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
