"""How the baseline rules add up."""

from collections.abc import Iterable
from math import prod


def combine(weights: Iterable[float]) -> float:
    """Return how likely it is that at least one of several independent signs is right (noisy or).

    Each weight is in [0, 1], so the result is too, and one more sign never lowers it.
    """
    return 1 - prod(1 - weight for weight in weights)
