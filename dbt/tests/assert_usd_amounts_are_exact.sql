-- A US amount in major units is its cents, to the cent; each row returned is one that is not.
select event_id, amount_cents, amount
from {{ ref('fct_payments') }}
where currency in ('USD', 'usd')
    and amount <> {{ cents_to_dollars('amount_cents') }}
