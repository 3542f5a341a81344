"""The gate between challenger and champion: rules written down before the first training run (README). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.training.metrics import Estimate
from services.training.report import Report, Segment

MORE: Final = {"fraud": 0.005, "churn": 0.005, "retry": 0.01}
"""By how much the primary metric has to be better; for retry a share."""
SEGMENT_WORSE: Final = {"fraud": 0.03, "churn": 0.03, "retry": 0.05}
SEGMENT_POSITIVES: Final = 30
CALIBRATION_ERROR: Final = 0.03
LATENCY_MS: Final = 15.0
SIZE_MIB: Final = 10.0


@dataclass(frozen=True)
class Budgets:
    """What a model takes: the median of one row's prediction in milliseconds, and its artefact in MiB."""

    latency_ms: float
    size_mib: float


@dataclass(frozen=True)
class Duel:
    """Champion and challenger on the same test: the difference of the primary metric, and the champion's segments."""

    difference: Estimate
    champion_segments: Mapping[str, Segment]


def objections(challenger: Report, budgets: Budgets, duel: Duel | None) -> tuple[str, ...]:
    """Return every reason against making the challenger the champion; none if it may be.

    Args:
        challenger: its report.
        budgets: what it takes.
        duel: against the present champion; None if there is none.
    """
    found = [*_against_champion(challenger, duel)] if duel else [*_first(challenger)]
    if challenger.calibration_error > CALIBRATION_ERROR:
        found.append(f"its calibration error is {challenger.calibration_error:.4f}, above {CALIBRATION_ERROR}")
    if budgets.latency_ms > LATENCY_MS:
        found.append(f"one row takes {budgets.latency_ms:.1f} ms, more than {LATENCY_MS:.0f}")
    if budgets.size_mib > SIZE_MIB:
        found.append(f"its artefact has {budgets.size_mib:.1f} MiB, more than {SIZE_MIB:.0f}")
    return tuple(found)


def _first(challenger: Report) -> list[str]:
    if challenger.reached:
        return []
    difference = f"its {challenger.primary} is above {challenger.baseline}'s by {challenger.difference}"
    return [f"{difference}, which does not reach the margin of {challenger.margin}"]


def _against_champion(challenger: Report, duel: Duel) -> list[str]:
    found = []
    least = MORE[challenger.task]
    if duel.difference.value < least:
        found.append(f"its {challenger.primary} is better by {duel.difference.value:.4f}, less than {least}")
    if duel.difference.low <= 0:
        found.append(f"the interval of the difference, {duel.difference}, does not lie above 0")
    worst = SEGMENT_WORSE[challenger.task]
    for name, champions in duel.champion_segments.items():
        own = challenger.segments[name]
        if champions.positives >= SEGMENT_POSITIVES and own.primary < champions.primary - worst:
            found.append(
                f"on the segment {name} it is worse by {champions.primary - own.primary:.4f}, more than {worst}"
            )
    return found
