"""Answers made from what a model says, once it is known to be an answer."""

from collections.abc import Callable, Sequence
from numbers import Real
from typing import Annotated, Final, TypeVar

import msgspec

from services.inference.errors import ModelError
from services.inference.messages import PaymentFeatures, RetryPlan, RiskLevel, RiskThresholds, Score
from services.inference.models import Named, RetryModel, ScoringModel, card_of

INT32_MAX: Final = 2**31 - 1
"""What bronze's column `retry_delay_seconds` holds."""

_Strategy = Annotated[str, msgspec.Meta(min_length=1)]
_DelaySeconds = Annotated[int, msgspec.Meta(ge=0, le=INT32_MAX)]
T = TypeVar("T")


def risk_level(score: float, thresholds: RiskThresholds) -> RiskLevel:
    """Return the level of a score; a threshold belongs to the level above it."""
    if score < thresholds.medium:
        return "low"
    return "medium" if score < thresholds.high else "high"


def scored(model: ScoringModel, payments: Sequence[PaymentFeatures]) -> list[Score]:
    """Return the model's answer for each payment.

    Raises:
        ModelError: it raised, or returned something other than one number in [0, 1] (NaN is none) for each payment.
    """
    scores = _asked(model, model.score, payments)
    for score in scores:
        if not (isinstance(score, Real) and 0 <= score <= 1):
            said = repr(float(score)) if isinstance(score, Real) else f"a {type(score).__name__}"
            raise ModelError(model.name, model.version, f"returned {said}; a score is a number in [0, 1]")
    thresholds = card_of(model).risk_thresholds
    return [Score(float(score), risk_level(score, thresholds), model.name, model.version) for score in scores]


def planned(model: RetryModel, payments: Sequence[PaymentFeatures]) -> list[RetryPlan]:
    """Return the model's plan for each payment.

    Raises:
        ModelError: it raised, or returned something other than one strategy and delay for each payment.
    """
    plans = _asked(model, model.plan, payments)
    try:
        valid = msgspec.convert(plans, list[tuple[_Strategy, _DelaySeconds | None]])
    except msgspec.ValidationError as error:
        raise ModelError(model.name, model.version, f"returned no plan: {error}") from None
    return [RetryPlan(strategy, delay_s, model.name, model.version) for strategy, delay_s in valid]


def _asked(
    model: Named, ask: Callable[[Sequence[PaymentFeatures]], Sequence[T]], payments: Sequence[PaymentFeatures]
) -> list[T]:
    try:
        answers = list(ask(payments))
    except Exception as error:
        # Only the class: what a model says when it fails often quotes its input.
        raise ModelError(model.name, model.version, f"raised {type(error).__name__}") from error
    if len(answers) != len(payments):
        fault = f"returned {len(answers)} answers for {len(payments)} payments"
        raise ModelError(model.name, model.version, fault)
    return answers
