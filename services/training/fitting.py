"""A model: boosted trees, calibrated on later data than they were fitted to."""

from typing import Final

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator

from services.training.examples import Examples
from services.training.tasks import CATEGORIES, TaskSpec

PARAMETERS: Final = {
    "learning_rate": 0.06,
    "max_iter": 150,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 40,
    "l2_regularization": 5.0,
    "max_bins": 127,
}


def unfitted(task: TaskSpec, seed: int, **changes: float) -> HistGradientBoostingClassifier:
    """Return the trees before they are fitted; `changes` are to `PARAMETERS`."""
    return HistGradientBoostingClassifier(
        **(PARAMETERS | changes),
        categorical_features=np.array([name in CATEGORIES for name in task.inputs]),
        early_stopping=False,
        random_state=seed,
    )


def fit(examples: Examples, seed: int, **changes: float) -> CalibratedClassifierCV:
    """Return the fitted and calibrated model.

    Its `predict_proba` takes a frame of shape (n, inputs), returns (n, 2). Calibration is Platt's: it keeps the order.
    """
    trees = unfitted(examples.task, seed, **changes).fit(examples.train.features, examples.train.labels)
    calibrated = CalibratedClassifierCV(FrozenEstimator(trees), method="sigmoid")
    return calibrated.fit(examples.validate.features, examples.validate.labels)
