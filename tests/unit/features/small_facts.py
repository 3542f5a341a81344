"""Facts as the marts hold them, from a small simulated history: made in plain Python, without servers."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import pyarrow as pa

from labkit.servers.history import KINDS, SCHEMA, Row, rows
from services.features.activity import COLUMNS
from services.simulator.history.generation import History


@lru_cache
def simulated(events: int = 6_000, seed: int = 7, days: int = 100) -> tuple[Row, ...]:
    """Return the facts of a history, in no promised order."""
    return tuple(rows(History(events, seed, days=days)))


def fact(**given: Any) -> Row:  # noqa: ANN401 - a column has the type it has
    """Return one fact: a payment of 10 dollars at noon of 1 June 2026, but for what is given."""
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    defaults: Row = dict.fromkeys(COLUMNS) | {
        "event_id": "stripe:evt_1",
        "event_type": "charge.succeeded",
        "payment_intent_id": "pi_1",
        "charge_id": "ch_1",
        "merchant_id": "acct_1",
        "customer_id": "cus_1",
        "amount_usd_cents": 1_000,
        "currency": "USD",
        "card_brand": "visa",
        "card_last_four": "4242",
        "card_country": "US",
        "buyer_country": "US",
        "card_funding": "credit",
        "attempt_number": 1,
        "occurred_at": noon,
    }
    made = defaults | given
    made["ingested_at"] = given.get("ingested_at", made["occurred_at"] + timedelta(seconds=1))
    return made | {"event_kind": KINDS.get(made["event_type"], "other")}


def table(given: tuple[Row, ...] | list[Row]) -> pa.Table:
    """Return the facts as Arrow, with the marts' types."""
    return pa.Table.from_pylist(list(given), schema=SCHEMA)
