"""The gate: what it lets through, and each reason for which it does not."""

from dataclasses import replace

import pytest

from services.training.gate import Budgets, Duel, objections
from services.training.metrics import Estimate
from services.training.report import Report, Segment

GOOD = Report(
    task="fraud",
    primary="average_precision",
    figures={},
    baseline="rules",
    difference=Estimate(0.4, 0.3, 0.5),
    margin=0.1,
    reach=None,
    threshold=0.1,
    calibration_error=0.01,
    segments={"USD": Segment(1_000, 100, 0.7), "KWD": Segment(90, 9, 0.1)},
    importance={},
    examples={},
)
CHEAP = Budgets(latency_ms=3, size_mib=1)
WON = Duel(Estimate(0.02, 0.01, 0.03), {"USD": Segment(1_000, 100, 0.71), "KWD": Segment(90, 9, 0.9)})


def test_a_first_model_that_reaches_the_margin_may_be_champion() -> None:
    assert objections(GOOD, CHEAP, None) == ()


def test_a_challenger_that_is_better_everywhere_that_counts_may_be_champion() -> None:
    assert objections(GOOD, CHEAP, WON) == ()


def test_a_segment_with_few_positives_decides_nothing() -> None:
    assert WON.champion_segments["KWD"].primary - GOOD.segments["KWD"].primary > 0.5
    assert objections(GOOD, CHEAP, WON) == ()


@pytest.mark.parametrize(
    ("challenger", "budgets", "duel", "reason"),
    [
        (replace(GOOD, difference=Estimate(0.12, 0.09, 0.2)), CHEAP, None, "does not reach the margin of 0.1"),
        (GOOD, CHEAP, replace(WON, difference=Estimate(0.004, 0.001, 0.01)), "better by 0.0040, less than 0.005"),
        (GOOD, CHEAP, replace(WON, difference=Estimate(0.02, -0.01, 0.05)), "does not lie above 0"),
        (
            GOOD,
            CHEAP,
            replace(WON, champion_segments={"USD": Segment(1_000, 100, 0.74)}),
            "on the segment USD it is worse by 0.0400",
        ),
        (replace(GOOD, calibration_error=0.05), CHEAP, WON, "calibration error is 0.0500"),
        (GOOD, replace(CHEAP, latency_ms=40.0), WON, "one row takes 40.0 ms"),
        (GOOD, replace(CHEAP, size_mib=11.0), WON, "its artefact has 11.0 MiB"),
    ],
    ids=["margin", "not better", "not surely better", "a segment", "calibration", "latency", "size"],
)
def test_each_shortcoming_is_named(challenger: Report, budgets: Budgets, duel: Duel | None, reason: str) -> None:
    (found,) = objections(challenger, budgets, duel)

    assert reason in found


def test_every_reason_is_given_at_once() -> None:
    against = objections(replace(GOOD, calibration_error=0.5), Budgets(100, 100), None)

    assert len(against) == 3
