"""Counting every stage, and waiting until nothing is on its way any more."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any

from stack.journey.census import Census, Ids, Payments, Quarantine
from stack.journey.comparing import Reconciliation, compare, settled
from stack.journey.errors import StageUnavailableError

POLL_S = 1.0


@dataclass(frozen=True)
class Counters:
    """How to count each stage of a `Census`. Each raises `StageUnavailableError` if its server cannot be asked."""

    accepted: Callable[[], Ids]
    unrouted: Callable[[], Ids]
    bronze: Callable[[], Payments]
    bronze_quarantine: Callable[[], Quarantine]
    iceberg: Callable[[], Payments]
    iceberg_quarantine: Callable[[], Quarantine]
    facts: Callable[[], Payments]


# What an event passes within seconds of its acceptance; the rest waits for the next batch.
LIVE = ("accepted", "unrouted", "bronze", "bronze_quarantine")
ALL = tuple(field.name for field in fields(Counters))


def reconcile(
    counters: Counters, wait_s: float = 0, sleep: Callable[[float], None] = time.sleep, stages: Sequence[str] = ALL
) -> Reconciliation:
    """Compare the stages; before, wait up to `wait_s` seconds until accepted events have all reached bronze."""
    polls = int(wait_s / POLL_S)
    while polls > 0 and not settled(_census(counters, LIVE)):
        sleep(POLL_S)
        polls -= 1
    return compare(_census(counters, stages))


def _census(counters: Counters, stages: Sequence[str]) -> Census:
    """Count these stages, all at once."""
    with ThreadPoolExecutor(max_workers=len(stages)) as pool:
        answers = {stage: pool.submit(getattr(counters, stage)) for stage in stages}
    held: dict[str, Any] = {}
    unavailable: dict[str, str] = {}
    for stage, answer in answers.items():
        try:
            held[stage] = answer.result()
        except StageUnavailableError as error:
            unavailable[stage] = str(error)
    return Census(**held, unavailable=unavailable)
