"""What a benchmark finds: ours beside the reference, pair by pair, and the median of their ratios."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal

RUNS = 5


@dataclass(frozen=True)
class Target:
    """The ratio of ours to the reference's that is to be reached."""

    bound: Literal["at least", "at most"]
    ratio: float

    def met_by(self, ratio: float) -> bool:
        """Tell whether this ratio is good enough."""
        return ratio >= self.ratio if self.bound == "at least" else ratio <= self.ratio

    def __str__(self) -> str:
        return f"{'≥' if self.bound == 'at least' else '≤'} {self.ratio:g}"


@dataclass(frozen=True)
class Result:
    """One benchmark. `runs` are pairs (ours, reference), each pair measured one right after the other."""

    runs: Sequence[tuple[float, float]]
    unit: str
    target: Target
    peak_rss_mib: Mapping[str, int] = field(default_factory=dict)
    beside: Mapping[str, float] = field(default_factory=dict)
    """What else was measured and is no part of the ratio."""

    @property
    def ours(self) -> float:
        """The median of ours."""
        return median(ours for ours, _ in self.runs)

    @property
    def reference(self) -> float:
        """The median of the reference's."""
        return median(reference for _, reference in self.runs)

    @property
    def ratio(self) -> float:
        """The median of the pairs' ratios: what slows the machine for a while slows both of a pair, and cancels out."""
        return median(ours / reference for ours, reference in self.runs)

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        return self.target.met_by(self.ratio)

    def as_json(self) -> dict[str, Any]:
        """Return the entry of bench.json."""
        return {
            "ours": round(self.ours, 4),
            "reference": round(self.reference, 4),
            "ratio": round(self.ratio, 3),
            "unit": self.unit,
            "runs": [
                {"ours": round(ours, 4), "reference": round(reference, 4), "ratio": round(ours / reference, 3)}
                for ours, reference in self.runs
            ],
            "target": self.target.ratio,
            "bound": self.target.bound,
            "met": self.met,
            "peak_rss_mib": dict(self.peak_rss_mib),
            "beside": {name: round(value, 4) for name, value in self.beside.items()},
        }


def interleaved(ours: Callable[[], float], reference: Callable[[], float]) -> list[tuple[float, float]]:
    """Measure both in turn, five times."""
    return [(ours(), reference()) for _ in range(RUNS)]
