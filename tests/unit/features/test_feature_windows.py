"""What the features say of a customer and a merchant at any time, and that nothing later gets into them."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from services.features.activity import BATCH_INTERVAL_MINUTES
from services.features.computing import FeatureRows, compute
from tests.unit.features.small_facts import fact, simulated, table

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LAG = timedelta(minutes=BATCH_INTERVAL_MINUTES)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def rows() -> FeatureRows:
    return compute(table(simulated()))


def at(features: pa.Table, key: str, value: str, moment: datetime) -> dict[str, Any]:
    """Return the row that holds at a moment."""
    held = features.filter((pc.field(key) == value) & (pc.field("event_timestamp") <= moment))
    return dict(held.slice(held.num_rows - 1).to_pylist()[0]) if held.num_rows else {}


def customer(facts: list[dict[str, Any]], moment: datetime) -> dict[str, Any]:
    return at(compute(table(facts)).customers, "customer_id", "cus_1", moment)


def test_a_payment_counts_from_when_the_online_store_can_have_it() -> None:
    facts = [fact(occurred_at=NOON, ingested_at=NOON)]

    assert customer(facts, NOON + LAG - timedelta(seconds=1)) == {}
    assert customer(facts, NOON + LAG)["customer_payments_1d"] == 1


@pytest.mark.parametrize("days", [1, 7, 30, 90])
def test_a_payment_leaves_each_window_to_the_second(days: int) -> None:
    facts = [fact(occurred_at=NOON)]

    assert customer(facts, NOON + days * DAY - timedelta(seconds=1))[f"customer_payments_{days}d"] == 1
    assert customer(facts, NOON + days * DAY)[f"customer_payments_{days}d"] == 0


def test_a_late_dispute_is_unknown_until_it_arrives() -> None:
    late = fact(
        event_id="stripe:evt_2",
        event_type="charge.dispute.created",
        customer_id=None,
        dispute_reason="fraudulent",
        occurred_at=NOON + 10 * DAY,
        ingested_at=NOON + 13 * DAY,
    )
    facts = [fact(), late]

    assert customer(facts, NOON + 12 * DAY)["customer_disputes_90d"] == 0
    assert customer(facts, NOON + 13 * DAY + LAG)["customer_disputes_90d"] == 1


def test_a_refund_waits_for_the_charge_that_says_whose_it_is() -> None:
    refund = fact(event_id="stripe:evt_2", event_type="refund.created", customer_id=None, ingested_at=NOON)
    facts = [fact(ingested_at=NOON + DAY), refund]

    assert customer(facts, NOON + DAY) == {}
    assert customer(facts, NOON + DAY + LAG)["customer_refunds_90d"] == 1


def test_an_event_too_old_for_a_window_when_it_arrives_never_enters_it() -> None:
    facts = [fact(occurred_at=NOON, ingested_at=NOON + 3 * DAY)]

    row = customer(facts, NOON + 3 * DAY + LAG)

    assert (row["customer_payments_1d"], row["customer_payments_7d"]) == (0, 1)


def test_no_row_depends_on_what_became_known_after_it(rows: FeatureRows) -> None:
    """The planted leak: everything known after a day is taken away or made absurd, and not one earlier row changes."""
    moment = datetime(2026, 9, 20, tzinfo=UTC)
    known = [row for row in simulated() if row["ingested_at"] + LAG <= moment]
    leaked = [
        row if row["ingested_at"] + LAG <= moment else row | {"amount_usd_cents": 10**9, "dispute_reason": "fraudulent"}
        for row in simulated()
    ]
    until = pc.field("event_timestamp") <= moment
    expected = rows.customers.filter(until), rows.merchants.filter(until)

    assert 0 < len(known) < len(simulated())
    for facts in (known, leaked):
        found = compute(table(facts))
        assert found.customers.filter(until).equals(expected[0])
        assert found.merchants.filter(until).equals(expected[1])


def test_the_order_of_the_facts_does_not_matter(rows: FeatureRows) -> None:
    shuffled = random.Random(1).sample(simulated(), len(simulated()))  # noqa: S311 - a shuffle

    found = compute(table(shuffled), threads=1)

    assert found.customers.equals(rows.customers)
    assert found.merchants.equals(rows.merchants)


def test_every_state_is_that_of_a_count_over_the_facts_known_then(rows: FeatureRows) -> None:
    rng = random.Random(2)  # noqa: S311 - a sample
    charge_of = {row["charge_id"]: row for row in simulated() if row["event_kind"] == "payment"}
    for _ in range(200):
        who = rng.choice(simulated())["customer_id"] or "cus_nobody"
        moment = datetime(2026, 8, 1, tzinfo=UTC) + rng.random() * 95 * DAY
        found = at(rows.customers, "customer_id", who, moment)
        for days in (1, 7, 30, 90):
            known = [
                row
                for row in simulated()
                if row["ingested_at"] + LAG <= moment and moment - days * DAY < row["occurred_at"]
            ]
            own = [row for row in known if row["customer_id"] == who]
            payments = [row for row in own if row["event_kind"] == "payment"]
            assert found.get(f"customer_payments_{days}d", 0) == len(payments)
            assert found.get(f"customer_failures_{days}d", 0) == len(own) - len(payments)
            if days >= 7:
                spent = sum(row["amount_usd_cents"] for row in payments)
                assert found.get(f"customer_spent_usd_cents_{days}d", 0) == spent
        refunds = [row for row in known if row["event_kind"] == "refund"]
        theirs = [row for row in refunds if charge_of[row["charge_id"]]["customer_id"] == who]
        assert found.get("customer_refunds_90d", 0) == len(theirs)


def test_a_merchants_day_counts_from_the_next_midnight_on() -> None:
    failed = fact(event_id="stripe:evt_2", event_type="charge.failed")
    merchants = compute(table([fact(), failed])).merchants

    assert at(merchants, "merchant_id", "acct_1", datetime(2026, 6, 1, 23, 59, tzinfo=UTC)) == {}
    assert at(merchants, "merchant_id", "acct_1", datetime(2026, 6, 2, tzinfo=UTC))["merchant_failure_rate_7d"] == 0.5


def test_what_has_nothing_to_divide_by_is_unknown_not_zero() -> None:
    failed = fact(event_type="charge.failed")

    assert customer([failed], NOON + DAY)["customer_log_usd_mean_90d"] is None
