"""Choosing a delay: the one that is expected to bring most, and what a choice was worth on payments tried at random."""

from typing import Final, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.features.delays import delay_features
from services.training.costs import retry_value

Column = NDArray[np.float64]

HOUR_S: Final = 3_600.0
DELAYS_S: Final = tuple(HOUR_S * hours for hours in (0.25, 1, 4, 12, 24, 48, 72, 120, 168, 216))
"""What is chosen from."""

EXPLORED_FROM_S: Final = 300.0
EXPLORED_TO_S: Final = 864_000.0
NEIGHBOURHOOD: Final = 0.35
"""A random delay within this distance, in logarithms, of the chosen one counts as that choice."""


class Model(Protocol):
    """What scikit-learn's classifiers do."""

    def predict_proba(self, features: pd.DataFrame) -> NDArray[np.float64]:
        """Return the probabilities of both classes: shape (n, 2)."""


def chances(model: Model, features: pd.DataFrame, occurred_at_s: Column) -> Column:
    """Return the chance that each delay recovers each payment: shape (payments, delays)."""
    columns = []
    for delay_s in DELAYS_S:
        asked = features.assign(**delay_features(occurred_at_s, np.full(len(features), delay_s)))
        columns.append(model.predict_proba(asked)[:, 1])
    return np.stack(columns, axis=1)


def choices(chance: Column, amounts_usd: Column) -> Column:
    """Return the delay in seconds of the highest expected value, NaN where none is above zero: shape (payments,)."""
    values = retry_value(chance, amounts_usd[:, None], np.array(DELAYS_S)[None, :])
    best = values.argmax(axis=1)
    return np.where(values.max(axis=1) > 0, np.array(DELAYS_S)[best], np.nan)


def observed_values(chosen_s: Column, tried_s: Column, recovered: NDArray[np.bool_], amounts_usd: Column) -> Column:
    """Return unbiased estimates of what each choice was worth, from what random delays brought: shape (payments,).

    Random delays are spread evenly over the logarithm, so each choice was tried with a known chance, and a payment for
    which it was counts for all those for which it was not (inverse propensity). No retry is worth nothing.
    """
    low = np.log(np.maximum(chosen_s, EXPLORED_FROM_S)) - NEIGHBOURHOOD
    high = np.log(np.minimum(chosen_s, EXPLORED_TO_S)) + NEIGHBOURHOOD
    low, high = np.maximum(low, np.log(EXPLORED_FROM_S)), np.minimum(high, np.log(EXPLORED_TO_S))
    propensity = (high - low) / np.log(EXPLORED_TO_S / EXPLORED_FROM_S)
    tried = (np.log(tried_s) >= low) & (np.log(tried_s) <= high)
    value = retry_value(recovered.astype(np.float64), amounts_usd, chosen_s)
    return np.where(np.isnan(chosen_s) | ~tried, 0.0, value / propensity)
