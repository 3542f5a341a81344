"""The port that a model fits into, and the answers made from what it says."""

from dataclasses import dataclass
from typing import Protocol

from services.inference.errors import InvalidScoreError
from services.inference.messages import ModelInfo, PaymentFeatures, RetryPlan, RiskLevel, Score

MEDIUM_FROM = 0.3
HIGH_FROM = 0.7


class ScoringModel(Protocol):
    """Says how likely something bad is: fraud, or a customer who leaves."""

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def version(self) -> str:
        """The version that is stored beside every score."""

    def score(self, features: PaymentFeatures) -> float:
        """Return a number in [0, 1]."""


class RetryModel(Protocol):
    """Says how and when to try a failed payment again."""

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def version(self) -> str:
        """The version that is stored beside every plan."""

    def plan(self, features: PaymentFeatures) -> tuple[str, int | None]:
        """Return the strategy's name and the delay in seconds; no delay means not by itself."""


@dataclass(frozen=True)
class Models:
    """The three models that are served."""

    fraud: ScoringModel
    churn: ScoringModel
    retry: RetryModel

    def describe(self) -> list[ModelInfo]:
        """Return name and version of each."""
        return [
            ModelInfo(task="fraud", name=self.fraud.name, version=self.fraud.version),
            ModelInfo(task="churn", name=self.churn.name, version=self.churn.version),
            ModelInfo(task="retry", name=self.retry.name, version=self.retry.version),
        ]


def risk_level(score: float) -> RiskLevel:
    """Return the level of a score: low below 0.3, medium below 0.7, high from there."""
    if score < MEDIUM_FROM:
        return "low"
    return "medium" if score < HIGH_FROM else "high"


def scored(model: ScoringModel, features: PaymentFeatures) -> Score:
    """Return the model's answer. Raises `InvalidScoreError` when it is no number in [0, 1] (NaN included)."""
    score = model.score(features)
    if not 0 <= score <= 1:
        raise InvalidScoreError(model.name, score)
    return Score(score=score, risk_level=risk_level(score), model_name=model.name, model_version=model.version)


def planned(model: RetryModel, features: PaymentFeatures) -> RetryPlan:
    """Return the model's plan for a failed payment."""
    strategy, delay_seconds = model.plan(features)
    return RetryPlan(strategy=strategy, delay_seconds=delay_seconds, model_name=model.name, model_version=model.version)
