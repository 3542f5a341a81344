"""A stream of events for the gateway: the world's steps of the last 30 days, as Stripe would send them."""

import itertools
import math
import secrets
import time
from collections.abc import Iterator
from typing import Final

import msgspec

from services.simulator.behaviour.drift import drift_at
from services.simulator.chance import DAY_S
from services.simulator.events import StripeEvent
from services.simulator.story import Step
from services.simulator.stripe_objects import stripe_event
from services.simulator.world import World

SPAN_DAYS: Final = 30
LEAST_CUSTOMERS: Final = 20
STEPS_PER_CUSTOMER_AND_DAY: Final = 0.38
"""Measured in a first month: the last event then lies close to now, and the few that would be later are at now."""


def simulate(
    *, events: int, seed: int, run_id: str | None = None, now: int | None = None, drift_day: str | None = None
) -> Iterator[StripeEvent]:
    """Yield this many events of the last 30 days, earliest first.

    Args:
        events: how many.
        seed: decides who there is and how they behave.
        run_id: goes into the ids of events and payments. By default a fresh one, so that a second run with the same
            seed is new business by the same people; with the same `run_id` and `now` the events are the same.
        now: seconds since 1970; no event is later. By default the clock's.
        drift_day: the day on which behaviour changes, from 1 to 30 or as a date; by default it does not.
    """
    now = int(time.time()) if now is None else now
    for step in simulated_steps(events, seed, run_id or secrets.token_hex(8), now, drift_day):
        yield stripe_event(step if step.at <= now else msgspec.structs.replace(step, at=now))


def simulated_steps(events: int, seed: int, run_id: str, now: int, drift_day: str | None = None) -> Iterator[Step]:
    """Yield the steps of `simulate`; the last few may lie in the future."""
    begins_at = now - SPAN_DAYS * DAY_S
    customers = max(LEAST_CUSTOMERS, math.ceil(events / (STEPS_PER_CUSTOMER_AND_DAY * SPAN_DAYS)))
    changes_at = None if drift_day is None else drift_at(drift_day, begins_at)
    world = World(seed, f"{run_id}/{seed}", begins_at, customers, changes_at)
    return itertools.islice(world.steps(), events)
