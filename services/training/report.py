"""What a training run found out about its model: figures with intervals, and whether the margin is reached."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.training.metrics import Estimate


@dataclass(frozen=True)
class Segment:
    """A named part of the test: how many examples and positives it has, and the primary metric there."""

    examples: int
    positives: int
    primary: float


@dataclass(frozen=True)
class Report:
    """A model on its test.

    Attributes:
        task: which.
        primary: the metric that decides.
        figures: scorer (`model`, `rules`, `prior`, `oracle`, …) → metric → estimate.
        baseline: the best of the baselines by the primary metric.
        difference: by how much the model's primary metric is above the best baseline's; for retry as a share of it.
        margin: what its lower end has to reach.
        reach: the share of what the oracle has over the best baseline; None where the truth is not known.
        threshold: the score from which on acting costs least, chosen on the validation part; None for retry.
        calibration_error: of the model's probabilities.
        segments: by name.
        importance: by how much the metric falls when a feature is shuffled, the largest first.
        examples: how many there were to train, to validate and to test, with the positives among them.
    """

    task: str
    primary: str
    figures: Mapping[str, Mapping[str, Estimate]]
    baseline: str
    difference: Estimate
    margin: float
    reach: float | None
    threshold: float | None
    calibration_error: float
    segments: Mapping[str, Segment]
    importance: Mapping[str, float]
    examples: Mapping[str, tuple[int, int]]

    @property
    def reached(self) -> bool:
        """Whether the lower end of the difference reaches the margin."""
        return self.difference.low >= self.margin

    def metrics(self) -> dict[str, float]:
        """Return every figure under a flat name, as the registry takes them."""
        flat = {
            f"{scorer}.{metric}{suffix}": number
            for scorer, metrics in self.figures.items()
            for metric, found in metrics.items()
            for suffix, number in (("", found.value), (".low", found.low), (".high", found.high))
        }
        flat |= {
            f"difference{suffix}": number
            for suffix, number in zip(
                ("", ".low", ".high"), (self.difference.value, self.difference.low, self.difference.high), strict=True
            )
        }
        flat |= {f"segment.{_plain(name)}.primary": segment.primary for name, segment in self.segments.items()}
        flat |= {
            "margin": self.margin,
            "margin_reached": float(self.reached),
            "calibration_error": self.calibration_error,
        }
        flat |= {} if self.reach is None else {"reach": self.reach}
        return flat | ({} if self.threshold is None else {"threshold": self.threshold})


def _plain(name: str) -> str:
    return name.replace(" ", "_")
