with source as (

    select * from {{ source('lakehouse', 'payment_events') }}

),

repeated as (

    select * from {{ ref('stg_repeated_events') }}

),

-- Only what came more than once is put in an order: for all rows that would take all their columns into memory.
versions as (

    select
        source.*,
        -- The order is made of the rows' own columns: which row came first does not matter.
        row_number() over (
            partition by source.event_id
            order by source.ingested_at desc, source.processed_at desc, source.load_batch_id desc
        ) as recency
    from source
    where source.event_id in (select repeated.event_id from repeated)

),

newest as (

    select
        source.*,
        1 as recency
    from source
    where source.event_id not in (select repeated.event_id from repeated)

    union all

    select * from versions
    where recency = 1

),

rates as (

    select
        currency,
        -- The first rate also holds for whatever was before it.
        if(lag(valid_from) over by_date is null, date '0001-01-01', valid_from) as valid_from,
        coalesce(lead(valid_from) over by_date, date '9999-12-31') as valid_to,
        -- US cents for one of the currency's smallest units, exactly: a hundred dollars' cents by 10 ^ exponent.
        usd_rate * element_at(
            array[decimal '100', decimal '10', decimal '1', decimal '0.1', decimal '0.01'], exponent + 1
        ) as usd_cents_per_unit
    from {{ ref('currencies') }}
    window by_date as (partition by currency order by valid_from)

),

renamed as (

    select
        newest.event_id,
        newest.event_type,
        newest.payment_intent_id,
        newest.charge_id,
        newest.merchant_id,
        newest.customer_id,

        newest.amount_cents,
        newest.amount,
        newest.currency,

        newest.payment_method_type,
        newest.card_brand,
        newest.card_last_four,
        newest.card_country,

        newest.status,
        newest.failure_code,
        newest.attempt_number,

        newest.fraud_score,
        newest.risk_level,
        newest.churn_score,
        newest.churn_risk_level,
        newest.retry_strategy,
        newest.retry_delay_seconds,

        newest.source,
        newest.provider_created_at as occurred_at,
        newest.ingested_at,
        newest.load_batch_id,

        cast(newest.provider_created_at at time zone 'UTC' as date) as occurred_on,
        cast(
            round(cast(newest.amount_cents as decimal(19, 0)) * rates.usd_cents_per_unit) as bigint
        ) as amount_usd_cents,
        case newest.event_type
            when 'charge.succeeded' then 'payment'
            when 'charge.failed' then 'failure'
            when 'refund.created' then 'refund'
            when 'charge.dispute.created' then 'dispute'
            else 'other'
        end as event_kind,
        -- What the shop attaches to its objects, since Stripe's events would not tell it.
        json_extract_scalar(newest.metadata, '$.card_funding') as card_funding,
        json_extract_scalar(newest.metadata, '$.ip_country') as buyer_country,
        json_extract_scalar(newest.metadata, '$.retry_policy') as retry_policy,
        json_extract_scalar(newest.metadata, '$.dispute_reason') as dispute_reason,
        try_cast(json_extract_scalar(newest.metadata, '$.retry_in_s') as bigint) as retry_in_s
    from newest
    left join rates
        on
            newest.currency = rates.currency
            and cast(newest.provider_created_at at time zone 'UTC' as date) >= rates.valid_from
            and cast(newest.provider_created_at at time zone 'UTC' as date) < rates.valid_to

)

select * from renamed
