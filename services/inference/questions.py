"""The three questions that the service answers, and which model each is for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from services.inference.answers import planned, scored
from services.inference.messages import PaymentFeatures, RetryPlan, RetryPlans, Score, Scores, Task
from services.inference.models import Models


class Ask(Protocol):
    """How the model among these models answers. It runs in the task's own thread."""

    def __call__(self, models: Models, payments: Sequence[PaymentFeatures], /) -> Sequence[Score | RetryPlan]:
        """Return one answer for each payment. Raises `ModelError`."""


@dataclass(frozen=True)
class Question:
    """A question, the path where it is asked, and the types of its answers."""

    task: Task
    path: str
    summary: str
    ask: Ask
    answer: type[Score | RetryPlan]
    answers: type[Scores | RetryPlans]


def _ask_fraud(models: Models, payments: Sequence[PaymentFeatures], /) -> list[Score]:
    return scored(models.fraud, payments)


def _ask_churn(models: Models, payments: Sequence[PaymentFeatures], /) -> list[Score]:
    return scored(models.churn, payments)


def _ask_retry(models: Models, payments: Sequence[PaymentFeatures], /) -> list[RetryPlan]:
    return planned(models.retry, payments)


QUESTIONS: Final = (
    Question("fraud", "/fraud/score", "How likely is it that this payment is fraudulent?", _ask_fraud, Score, Scores),
    Question("churn", "/churn/score", "How likely is it that this customer leaves?", _ask_churn, Score, Scores),
    Question(
        "retry",
        "/retry/strategy",
        "How and when should this failed payment be tried again?",
        _ask_retry,
        RetryPlan,
        RetryPlans,
    ),
)
