"""How good scores are, with intervals by resampling customers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]
Labels = NDArray[np.bool_]

SAMPLES: Final = 200
BINS: Final = 10


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.4f} [{self.low:.4f}, {self.high:.4f}]"


class Ranking:
    """Scores in order, ready to be weighed anew: sorted once, however many samples follow."""

    def __init__(self, scores: Column, labels: Labels) -> None:
        self._order = np.argsort(-scores, kind="stable")
        ordered = scores[self._order]
        self._ends = np.flatnonzero(np.append(np.diff(ordered) != 0, True))
        self._labels = labels[self._order].astype(np.float64)

    def _cumulated(self, weights: Column) -> tuple[Column, Column]:
        ordered = weights[self._order]
        positives = np.cumsum(ordered * self._labels)[self._ends]
        return positives, np.cumsum(ordered)[self._ends]

    def average_precision(self, weights: Column) -> float:
        """Return the mean precision over the recall, as scikit-learn defines it."""
        positives, everything = self._cumulated(weights)
        precision = np.divide(positives, everything, out=np.zeros_like(positives), where=everything > 0)
        return float(np.sum(np.diff(positives, prepend=0.0) * precision) / positives[-1]) if positives[-1] else 0.0

    def roc_auc(self, weights: Column) -> float:
        """Return the chance that a positive scores higher than a negative, ties counting half."""
        positives, everything = self._cumulated(weights)
        negatives = everything - positives
        if not positives[-1] or not negatives[-1]:
            return float("nan")
        area = np.trapezoid(np.append(0.0, positives), np.append(0.0, negatives))
        return float(area / (positives[-1] * negatives[-1]))


def weights_by_customer(customers: NDArray[np.object_], seed: int, samples: int = SAMPLES) -> list[Column]:
    """Return one weight per example for each sample: how often its customer was drawn, with all of theirs."""
    codes = np.unique(customers.astype(str), return_inverse=True)[1]
    count = int(codes.max()) + 1
    rng = np.random.default_rng(seed)
    return [
        np.bincount(rng.integers(0, count, count), minlength=count)[codes].astype(np.float64) for _ in range(samples)
    ]


def estimate(measure: Callable[[Column], float], samples: list[Column]) -> Estimate:
    """Return a measure of weights on the examples as they are, and its interval over the samples."""
    value = measure(np.ones_like(samples[0]))
    low, high = np.nanpercentile([measure(weights) for weights in samples], [2.5, 97.5])
    return Estimate(value, float(low), float(high))


def mean(values: Column) -> Callable[[Column], float]:
    """Return the weighted mean as a measure."""
    return lambda weights: float(np.average(values, weights=weights))


def reliability(scores: Column, labels: Labels, bins: int = BINS) -> tuple[Column, Column, Column]:
    """Return mean score, share of positives and number of examples, in bins of equal numbers: shape (bins,) each."""
    order = np.argsort(scores, kind="stable")
    parts = np.array_split(order, bins)
    return (
        np.array([scores[part].mean() for part in parts]),
        np.array([labels[part].mean() for part in parts]),
        np.array([len(part) for part in parts], dtype=np.float64),
    )


def calibration_error(scores: Column, labels: Labels) -> float:
    """Return by how much scores and shares of positives differ, on average over the bins."""
    said, true, counts = reliability(scores, labels)
    return float(np.average(np.abs(said - true), weights=counts))
