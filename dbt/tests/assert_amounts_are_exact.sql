{{ config(meta={'dagster': {'ref': {'name': 'fct_payments'}}}) }}

-- An amount in major units is its smallest units, shifted by the currency's decimals; each row returned is one that is not.
with exponents as (

    select distinct
        currency,
        exponent
    from {{ ref('currencies') }}

)

select
    facts.event_id,
    facts.currency,
    facts.amount_cents,
    facts.amount
from {{ ref('fct_payments') }} as facts
left join exponents on facts.currency = exponents.currency
where
    exponents.exponent is null
    or facts.amount * element_at(
        array[decimal '1', decimal '10', decimal '100', decimal '1000', decimal '10000'], exponents.exponent + 1
    ) <> facts.amount_cents
