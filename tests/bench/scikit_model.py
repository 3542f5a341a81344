"""A model of the shape that training will bring: categories one-hot, numbers scaled, boosted trees."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from services.inference.messages import PaymentFeatures
from tests.bench.payments import payments

CATEGORIES: Final = ("event_type", "currency", "status", "card_country", "card_brand")
NUMBERS: Final = ("amount_cents", "attempt_number")
ROWS: Final = 5_000


@dataclass(frozen=True)
class ScikitFraudModel:
    """Fits the port `ScoringModel`."""

    pipeline: Pipeline
    name: str = "fraud-scikit"
    version: str = "bench"

    def score(self, asked: Sequence[PaymentFeatures]) -> Sequence[float]:
        """Return the probability of fraud for each payment."""
        scores: list[float] = self.pipeline.predict_proba(table(asked))[:, 1].tolist()
        return scores


def table(asked: Sequence[PaymentFeatures]) -> npt.NDArray[np.object_]:
    """Return the model's input: one row per payment, the categories first."""
    columns = CATEGORIES + NUMBERS
    return np.array([[getattr(payment, name) for name in columns] for payment in asked], dtype=object)


def trained() -> Pipeline:
    """Return the trained pipeline."""
    rows = payments(ROWS)
    fraud = [row.amount_cents > 5_000 and row.card_country != "US" for row in rows]
    prepared = ColumnTransformer(
        [
            ("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=False), slice(len(CATEGORIES))),
            ("numbers", StandardScaler(), slice(len(CATEGORIES), None)),
        ]
    )
    return make_pipeline(prepared, HistGradientBoostingClassifier(random_state=7)).fit(table(rows), fraud)
