"""What lab 12 learns from: half a year of a small chain's payments, as examples of the three tasks."""

import os
from functools import cache
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labkit.servers import feature_tables
from labkit.servers.unwarned import quietly
from services.simulator.history.generation import History

# Threads that wait for each other on busy cores take longer than one alone; before scikit-learn reads it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

with quietly():
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.ensemble import HistGradientBoostingClassifier

    from services.features.bootstrap import Features
    from services.training import baselines, examples, fitting
    from services.training.examples import Examples
    from services.training.tasks import TASKS

NAMESPACE: Final = "lab12"
PAST: Final = History(events=60_000, seed=7)
SEED: Final = 7


@cache
def features() -> Features:
    """Return the real features service on this past. Raises `ServerDownError`."""
    return feature_tables.of(NAMESPACE, PAST)


@cache
def facts() -> pa.Table:
    """Return the past's facts, as the marts would hold them."""
    return features().facts().rows


@cache
def examples_of(task: str) -> Examples:
    """Return a task's examples with features as of their time: `train`, `validate` and `test`, apart by a gap."""
    with quietly():
        return examples.examples(features(), facts(), TASKS[task])


@cache
def rules() -> NDArray[np.float64]:
    """Return the scores of the rules that served until now, on the fraud test: shape (payments,)."""
    return baselines.rules("fraud", examples_of("fraud").test)


@cache
def trained(task: str) -> CalibratedClassifierCV:
    """Return the real service's model of a task."""
    return fitting.fit(examples_of(task), SEED)


@cache
def overconfident() -> HistGradientBoostingClassifier:
    """Return trees that were told that a fraud weighs as much as all honest payments together."""
    part = examples_of("fraud").train
    trees = HistGradientBoostingClassifier(
        max_iter=15, max_leaf_nodes=15, min_samples_leaf=40, class_weight="balanced", random_state=SEED
    )
    return trees.fit(part.features, part.labels)
