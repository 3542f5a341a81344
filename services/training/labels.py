"""What happened afterwards: the examples of each task with their labels, as SQL for DuckDB over `facts` and `charges`.

`charges` is `services.features.requests.CHARGES`. A label is what was *known* within the horizon after the charge, so
the labels of a day are complete once the horizon has passed.
"""

from datetime import timedelta
from typing import Final

from services.features.activity import FRAUD_WARNING


def _interval(horizon: timedelta) -> str:
    return f"interval {int(horizon.total_seconds())} second"


def fraud(horizon: timedelta) -> str:
    """Charges that succeeded; positive if a warning, or a dispute as fraudulent, came in time."""
    return f"""
    with reports as (
        select charge_id, min(ingested_at) as reported_at from facts
        where event_type = '{FRAUD_WARNING}' or dispute_reason = 'fraudulent'
        group by charge_id
    )
    select charges.*, coalesce(reported_at <= occurred_at + {_interval(horizon)}, false) as label
    from charges left join reports using (charge_id)
    where event_kind = 'payment'
    """


def churn(horizon: timedelta) -> str:
    """Charges of known customers; positive if no payment of theirs succeeded in time after it."""
    return f"""
    with payments as (
        select customer_id, occurred_at as paid_at, ingested_at as paid_known_at from facts
        where event_kind = 'payment' and customer_id is not null
    )
    select charges.* , not coalesce(paid_known_at <= occurred_at + {_interval(horizon)}, false) as label
    from charges asof left join payments
        on charges.customer_id = payments.customer_id and charges.occurred_at < payments.paid_at
    where charges.customer_id is not null
    """


def retry(horizon: timedelta) -> str:
    """Failed charges that were tried again after a random delay; positive if the next attempt succeeded in time."""
    return f"""
    with recoveries as (
        select payment_intent_id, attempt_number, min(ingested_at) as recovered_at from facts
        where event_kind = 'payment' group by all
    )
    select charges.*, coalesce(recovered_at <= occurred_at + {_interval(horizon)}, false) as label
    from charges left join recoveries
        on charges.payment_intent_id = recoveries.payment_intent_id
        and charges.attempt_number + 1 = recoveries.attempt_number
    where retry_policy = 'explore'
    """


LABELS: Final = {"fraud": fraud, "churn": churn, "retry": retry}
