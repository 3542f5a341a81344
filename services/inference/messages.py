"""What the service is asked and what it answers."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

RiskLevel = Literal["low", "medium", "high"]
INT64_MAX = 2**63 - 1


class PaymentFeatures(BaseModel):
    """What one unified event tells about a payment. `amount_cents` is in the currency's smallest unit.

    Unknown fields are refused: a misspelt optional feature would otherwise score as if it were absent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    event_type: str
    merchant_id: str
    customer_id: str | None = None
    amount_cents: Annotated[int, Field(ge=0, le=INT64_MAX)]
    currency: Annotated[str, Field(pattern="^[A-Za-z]{3}$")]
    status: str
    card_country: str | None = None
    card_brand: str | None = None
    failure_code: str | None = None
    attempt_number: Annotated[int, Field(ge=0)] = 1


class Score(BaseModel):
    """A probability-like score with the level that people act on, and the model that said so."""

    model_config = ConfigDict(frozen=True)
    score: Annotated[float, Field(ge=0, le=1)]
    risk_level: RiskLevel
    model_name: str
    model_version: str


class RetryPlan(BaseModel):
    """How to try a failed payment again. `delay_seconds` is null where trying again by itself would be no use."""

    model_config = ConfigDict(frozen=True)
    strategy: str
    delay_seconds: Annotated[int, Field(ge=0)] | None
    model_name: str
    model_version: str


class ModelInfo(BaseModel):
    """One line of `GET /models`."""

    model_config = ConfigDict(frozen=True)
    task: Literal["fraud", "churn", "retry"]
    name: str
    version: str
