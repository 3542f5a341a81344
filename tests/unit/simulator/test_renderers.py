"""One truth, two renderers: what the normalizer makes of the live event is the row that the history holds."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts import topics
from services.contracts.events import UnifiedEvent
from services.gateway import event as gateway_event
from services.gateway.routing import topic_for
from services.normalizer.errors import NormalizationError
from services.normalizer.normalization import normalize
from services.simulator.chance import dice
from services.simulator.history.clock import Clock
from services.simulator.history.rows import COLUMNS, NULL, in_bronze, row
from services.simulator.story import Step
from services.simulator.stripe_objects import stripe_event
from services.simulator.world import World

BEGINS_AT = 1_770_000_000
CASTS: dict[str, Any] = {
    "amount_cents": int,
    "amount": Decimal,
    "attempt_number": int,
    "schema_version": int,
    "metadata": msgspec.json.decode,
    "provider_created_at": datetime.fromisoformat,
    "normalized_at": datetime.fromisoformat,
}


def normalized(step: Step, normalized_at: datetime) -> UnifiedEvent:
    raw = msgspec.json.encode(stripe_event(step))
    return normalize(raw, platform_account_id="acct_platform", normalized_at=normalized_at)


def columns(step: Step) -> dict[str, Any]:
    """The row's columns, read as PostgreSQL would."""
    line = row(step, Clock(dice("clock", 1)))
    assert line.endswith("\n")
    values = line.rstrip("\n").split("\t")
    assert "\\" not in line.replace(NULL, "")
    return {
        name: None if value == NULL else CASTS.get(name, str)(value)
        for name, value in zip(COLUMNS, values, strict=True)
    }


def assert_same(step: Step) -> None:
    stored = columns(step)
    unified = msgspec.structs.asdict(normalized(step, stored["normalized_at"]))
    assert {name: stored[name] for name in unified} == unified


def test_a_live_event_normalized_equals_the_row_of_the_history(steps: list[Step]) -> None:
    kinds = set()
    for step in filter(in_bronze, steps[::7]):
        assert_same(step)
        kinds.add(step.type)
    assert len(kinds) == 12


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(), at=st.integers(0, 4_000_000_000), drift=st.booleans())
def test_they_are_equal_for_any_seed_and_any_time(seed: int, at: int, drift: bool) -> None:  # noqa: FBT001 - hypothesis
    world = World(seed, "r", at, customers=3, drift_at=at if drift else None)
    for step in filter(in_bronze, itertools.islice(world.steps(), 60)):
        assert_same(step)


def test_what_becomes_no_row_is_what_the_platform_would_not_store_either(steps: list[Step]) -> None:
    left_out = [step for step in steps if not in_bronze(step)]
    assert {step.type for step in left_out} == {
        "customer.created",
        "invoice.paid",
        "radar.early_fraud_warning.created",
    }
    for step in left_out:
        if topic_for(step.type) != topics.UNROUTED:
            with pytest.raises(NormalizationError, match="not expanded"):
                normalized(step, datetime.now(UTC))


def test_the_gateway_takes_every_event_and_keeps_those_of_a_payment_together(steps: list[Step]) -> None:
    for step in steps[::11]:
        parsed = gateway_event.parse(msgspec.json.encode(stripe_event(step)))
        if topic_for(step.type) != topics.UNROUTED:
            assert parsed.payment_key == step.payment.id


def test_nothing_that_is_rendered_tells_that_a_payment_is_stolen(steps: list[Step]) -> None:
    for step in itertools.islice((step for step in steps if step.payment.stolen), 200):
        honest = msgspec.structs.replace(step, payment=msgspec.structs.replace(step.payment, stolen=False))
        assert stripe_event(step) == stripe_event(honest)
        assert columns(step) == columns(honest)


def test_a_row_is_handled_after_it_happened_and_disputes_are_often_late(steps: list[Step]) -> None:
    clock = Clock(dice("clock", 2))
    late = {True: [0, 0], False: [0, 0]}
    for step in filter(in_bronze, steps):
        normalized_ms, processed_ms, stored_ms = clock.handled(step.type, step.at)
        assert step.at * 1_000 < normalized_ms < processed_ms < stored_ms
        counts = late[step.dispute is not None]
        counts[0] += stored_ms - step.at * 1_000 > timedelta(hours=1) / timedelta(milliseconds=1)
        counts[1] += 1
    assert late[True][0] > 0.25 * late[True][1]
    assert late[False][0] < 0.01 * late[False][1]
