"""Payments as requests for features: the facts' charges under the names that the repository uses."""

from typing import Final

CHARGES: Final = """
select
    event_id, payment_intent_id, customer_id, merchant_id, merchant_id as paid_merchant_id,
    amount_usd_cents, cast(floor(epoch(occurred_at)) as bigint) as occurred_at_s,
    cast(attempt_number as bigint) as attempt_number,
    currency, card_brand, card_last_four, card_country, card_funding, buyer_country, failure_code,
    retry_in_s, retry_policy, event_kind, charge_id, occurred_at, ingested_at as event_timestamp
from facts
where event_kind in ('payment', 'failure')
"""
"""SQL for one row per charge, to be judged at the moment at which it was stored (`event_timestamp`)."""
