"""What the service is asked and what it answers. msgspec decodes and checks in one pass, at C speed."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

Task = Literal["fraud", "churn", "retry"]
RiskLevel = Literal["low", "medium", "high"]
INT64_MAX: Final = 2**63 - 1
MAX_PAYMENTS: Final = 1_000


class PaymentFeatures(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one unified event tells about a payment. `amount_cents` is in the currency's smallest unit.

    Unknown fields are refused: a misspelt optional feature would otherwise score as if it were absent.
    """

    event_type: str
    merchant_id: str
    customer_id: str | None = None
    amount_cents: Annotated[int, msgspec.Meta(ge=0, le=INT64_MAX)]
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Za-z]{3}$", max_length=3)]
    status: str
    card_country: str | None = None
    card_brand: str | None = None
    failure_code: str | None = None
    attempt_number: Annotated[int, msgspec.Meta(ge=0, le=INT64_MAX)] = 1


class Payments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a bulk request."""

    payments: Annotated[list[PaymentFeatures], msgspec.Meta(min_length=1, max_length=MAX_PAYMENTS)]


class Score(msgspec.Struct, frozen=True):
    """A probability-like score with the level that people act on, and the model that said so."""

    score: Annotated[float, msgspec.Meta(ge=0, le=1)]
    risk_level: RiskLevel
    model_name: str
    model_version: str


class RetryPlan(msgspec.Struct, frozen=True):
    """How to try a failed payment again. `delay_seconds` is null where trying again by itself would be no use."""

    strategy: str
    delay_seconds: int | None
    model_name: str
    model_version: str


class Scores(msgspec.Struct, frozen=True):
    """The answer to a bulk request for scores, in the order of its payments."""

    results: list[Score]


class RetryPlans(msgspec.Struct, frozen=True):
    """The answer to a bulk request for plans, in the order of its payments."""

    results: list[RetryPlan]


class RiskThresholds(msgspec.Struct, frozen=True):
    """From which score on the level is medium, and from which it is high."""

    medium: float = 0.3
    high: float = 0.7


class ModelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `GET /models`. Times are in UTC; what a model does not tell about itself is null."""

    task: Task
    name: str
    version: str
    source: str | None
    features: tuple[str, ...] | None
    trained_at: datetime | None
    loaded_at: datetime
    risk_thresholds: RiskThresholds | None


class Refusal(msgspec.Struct, frozen=True):
    """Every answer that is not 200."""

    error: str
    field: str | None
    remedy: str
