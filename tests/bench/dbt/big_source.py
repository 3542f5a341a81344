"""A big source table, made where it is: by Trino, from numbers."""

from typing import Final

from tests.integration.dbt.lake import Lake

BATCH: Final = 250_000
"""Rows per commit, as the ingestion writes them."""

# Four events per payment over 320 days: intent created, charge, intent's outcome, and for some a refund or a dispute.
# 40 merchants in six markets; 20 payments per customer, one in ten by a guest.
_INSERT: Final = """
insert into payment_events
select
    'stripe:evt_' || to_hex(md5(to_utf8(cast(n as varchar)))) as event_id, 'stripe',
    'evt_' || to_hex(md5(to_utf8(cast(n as varchar)))),
    case step
        when 0 then 'payment_intent.created'
        when 1 then if(payment % 8 = 0, 'charge.failed', 'charge.succeeded')
        when 2 then if(payment % 8 = 0, 'payment_intent.payment_failed', 'payment_intent.succeeded')
        else if(payment % 30 = 1, 'refund.created', if(payment % 500 = 2, 'charge.dispute.created', 'charge.updated'))
    end,
    'pi_' || cast(payment as varchar), 'ch_' || cast(payment as varchar), 'acct_' || cast(payment % 40 as varchar),
    if(payment % 10 = 3, null, 'cus_' || cast(payment * 7919 % {customers} as varchar)),
    cents, element_at(array['USD', 'USD', 'EUR', 'GBP', 'JPY', 'KWD'], market),
    cast(cents * element_at(array[.01, .01, .01, .01, 1.00, .001], market) as decimal(20, 4)),
    'card', if(payment % 3 = 0, 'visa', 'mastercard'), '4242', if(payment % 5 = 0, 'DE', 'US'),
    if(step = 1 and payment % 8 = 0, 'failed', 'succeeded'), if(payment % 8 = 0, 'card_declined', null), null, 1,
    timestamp '2026-01-01 00:00:00.000000 UTC' + payment * ((interval '320' day) / {payments})
        + step * interval '1' second,
    current_timestamp, '{{}}', 1, 'history', random(), 'low', 'rules',
    random(), if(payment / 7 % 9 = 0, 'high', 'low'), 'rules', null, null, null, 'valid', current_timestamp,
    timestamp '2026-11-20 00:00:00.000000 UTC' + n * interval '0.001' second, 'batch-{first}'
from (
    select
        n, n / 4 as payment, n % 4 as step, 1000 + n / 4 * 37 % 9000 as cents,
        cast(n / 4 % 40 % 6 + 1 as integer) as market
    from unnest(sequence({first}, {last}, 10000)) as thousands (start)
    cross join unnest(sequence(0, 9999)) as ones (one)
    cross join lateral (select start + one as n)
)
"""


def fill(lake: Lake, rows: int) -> None:
    """Make the source hold this many events, a multiple of ten thousand."""
    lake.recreate_source()
    for first in range(0, rows, BATCH):
        last = min(first + BATCH, rows) - 1
        lake.query(_INSERT.format(first=first, last=last, payments=rows // 4, customers=rows // 80))
