"""One simulated world for all statistical tests: 1 500 customers over 180 days, with a drift in the middle."""

import itertools
from collections import defaultdict
from dataclasses import dataclass, field

import pytest

from services.simulator.chance import DAY_S
from services.simulator.story import Attempt, Payment, Step
from services.simulator.world import World

BEGINS_AT = 1_770_000_000
DRIFT_AT = BEGINS_AT + 90 * DAY_S
ENDS_AT = BEGINS_AT + 180 * DAY_S


@dataclass
class Tale:
    """What became of one payment, as the platform saw it until the end."""

    payment: Payment
    steps: list[Step] = field(default_factory=list)

    @property
    def attempts(self) -> dict[int, Attempt]:
        return {step.attempt.number: step.attempt for step in self.steps if step.type in CHARGED}

    @property
    def paid(self) -> bool:
        return self.told("charge.succeeded")

    @property
    def failed_at_first(self) -> bool:
        return 1 in self.attempts and self.attempts[1].failure is not None

    @property
    def after_drift(self) -> bool:
        return self.payment.created >= DRIFT_AT

    def told(self, event_type: str) -> bool:
        return any(step.type == event_type for step in self.steps)


CHARGED = ("charge.failed", "charge.succeeded")


@pytest.fixture(scope="session")
def steps() -> list[Step]:
    world = World(seed=7, run_id="truth", begins_at=BEGINS_AT, customers=1_500, drift_at=DRIFT_AT)
    return list(itertools.takewhile(lambda step: step.at < ENDS_AT, world.steps()))


@pytest.fixture(scope="session")
def tales(steps: list[Step]) -> list[Tale]:
    found: dict[str, Tale] = {}
    for step in steps:
        found.setdefault(step.payment.key, Tale(step.payment)).steps.append(step)
    return list(found.values())


@pytest.fixture(scope="session")
def honest(tales: list[Tale]) -> list[Tale]:
    return [tale for tale in tales if not tale.payment.stolen]


@pytest.fixture(scope="session")
def by_customer(honest: list[Tale]) -> dict[str, list[Tale]]:
    """The honest payments of each customer, earliest first."""
    found = defaultdict(list)
    for tale in sorted(honest, key=lambda tale: tale.payment.created):
        found[tale.payment.customer.id].append(tale)
    return found
