from collections.abc import Iterator
from dataclasses import replace

from stack.journey.census import Ids, Payments, Quarantine
from stack.journey.errors import StageUnavailableError
from stack.journey.reconciling import LIVE, Counters, reconcile


def holding(*event_ids: str) -> Payments:
    return Payments(Ids.of(event_ids), {"usd": len(event_ids)})


def counters(*event_ids: str) -> Counters:
    """A platform that holds these events everywhere."""
    return Counters(
        accepted=lambda: Ids.of(event_ids),
        unrouted=lambda: Ids.of(()),
        bronze=lambda: holding(*event_ids),
        bronze_quarantine=lambda: Quarantine.of(()),
        iceberg=lambda: holding(*event_ids),
        iceberg_quarantine=lambda: Quarantine.of(()),
        facts=lambda: holding(*event_ids),
    )


class Clock:
    """Counts the naps instead of taking them."""

    def __init__(self) -> None:
        self.naps: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)


def arriving(*states: Payments) -> Iterator[Payments]:
    """What bronze holds each time it is asked; the last for good."""
    yield from states
    while True:
        yield states[-1]


def test_a_whole_platform_reconciles_at_once() -> None:
    clock = Clock()
    assert reconcile(counters("a", "b"), wait_s=30, sleep=clock.sleep).exit_code == 0
    assert clock.naps == []


def test_it_waits_until_what_was_accepted_has_reached_bronze() -> None:
    bronze, clock = arriving(holding(), holding("a"), holding("a", "b")), Clock()
    platform = replace(counters("a", "b"), bronze=lambda: next(bronze))
    assert reconcile(platform, wait_s=30, sleep=clock.sleep).exit_code == 0
    assert clock.naps == [1.0, 1.0]


def test_it_waits_no_longer_than_it_was_told_and_then_says_what_is_missing() -> None:
    clock = Clock()
    platform = replace(counters("a", "b"), bronze=lambda: holding("a"))
    result = reconcile(platform, wait_s=3, sleep=clock.sleep)
    assert clock.naps == [1.0] * 3
    assert result.comparisons[0].only_left == ("b",)


def test_without_a_wait_it_answers_at_once() -> None:
    clock = Clock()
    platform = replace(counters("a"), bronze=holding)
    assert reconcile(platform, sleep=clock.sleep).exit_code == 1
    assert clock.naps == []


def test_a_server_that_is_down_is_named_and_the_rest_is_compared() -> None:
    def refuse() -> Payments:
        raise StageUnavailableError("Trino at 127.0.0.1:8080: connection refused")

    result = reconcile(replace(counters("a"), facts=refuse))
    assert result.census.unavailable == {"facts": "Trino at 127.0.0.1:8080: connection refused"}
    assert result.exit_code == 2
    assert len(result.comparisons) == 5


def test_the_live_part_alone_is_compared_without_asking_the_lake() -> None:
    def refuse() -> Payments:
        raise StageUnavailableError("Trino at 127.0.0.1:8080: connection refused")

    platform = replace(counters("a"), facts=refuse, iceberg=refuse)
    result = reconcile(platform, stages=LIVE)
    assert result.exit_code == 0
    assert [comparison.left for comparison in result.comparisons] == ["accepted"]
    assert reconcile(replace(platform, bronze=holding), stages=LIVE).exit_code == 1
