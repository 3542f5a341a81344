"""The ports: what a model is to this service, and where the models come from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, Self

import msgspec

from services.inference.messages import ModelInfo, PaymentFeatures, RiskThresholds, Task

Plan = tuple[str, int | None]
"""A strategy's name and the delay in seconds; no delay means not by itself."""


class Named(Protocol):
    """What every model has."""

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def version(self) -> str:
        """The version that is stored beside every answer."""


class ScoringModel(Named, Protocol):
    """Says how likely something bad is: fraud, or a customer who leaves. One thread calls it at a time."""

    def score(self, payments: Sequence[PaymentFeatures]) -> Sequence[float]:
        """Return a number in [0, 1] for each payment, in order."""


class RetryModel(Named, Protocol):
    """Says how and when to try failed payments again. One thread calls it at a time."""

    def plan(self, payments: Sequence[PaymentFeatures]) -> Sequence[Plan]:
        """Return a plan for each payment, in order."""


class ModelCard(msgspec.Struct, frozen=True, kw_only=True):
    """What a model may tell about itself, as its attribute `card`. A model without one is served just as well.

    Attributes:
        source: where it comes from: `rules`, or the registry's address of it.
        features: the fields of `PaymentFeatures` that it reads.
        trained_at: when it was trained; rules never were.
        risk_thresholds: the levels that its scores were calibrated for.
    """

    source: str | None = None
    features: tuple[str, ...] | None = None
    trained_at: datetime | None = None
    risk_thresholds: RiskThresholds = RiskThresholds()


_NO_CARD = ModelCard()


def card_of(model: Named) -> ModelCard:
    """Return the model's card; one that tells nothing if it has none."""
    card: ModelCard = getattr(model, "card", _NO_CARD)
    return card


@dataclass(frozen=True)
class Models:
    """The three models that answer at one time. They are also the simplest `ModelSource`: always themselves."""

    fraud: ScoringModel
    churn: ScoringModel
    retry: RetryModel
    loaded_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def current(self) -> Self:
        """Return these models."""
        return self

    def describe(self) -> list[ModelInfo]:
        """Return what is known of each."""
        return [self._info("fraud", self.fraud), self._info("churn", self.churn), self._info("retry", self.retry)]

    def _info(self, task: Task, model: Named) -> ModelInfo:
        card = card_of(model)
        return ModelInfo(
            task=task,
            name=model.name,
            version=model.version,
            source=card.source,
            features=card.features,
            trained_at=card.trained_at,
            loaded_at=self.loaded_at,
            risk_thresholds=None if task == "retry" else card.risk_thresholds,
        )


class ModelSource(Protocol):
    """Where the models come from. A registry is one more adapter of this: a new champion needs no restart."""

    def current(self) -> Models:
        """Return the models to answer with now. It is called for every request, so it only looks: loading is not here.

        All of a request is answered by the models that it found at its beginning.
        """
