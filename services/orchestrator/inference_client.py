"""Inference over HTTP."""

from typing import Annotated, Final, TypeVar

import httpx
import msgspec

from services.contracts.events import UnifiedEvent
from services.orchestrator.errors import RequestRefusedError
from services.orchestrator.messages import RetryPlan, Score

FEATURES: Final = (
    "event_type",
    "merchant_id",
    "customer_id",
    "amount_cents",
    "currency",
    "status",
    "card_country",
    "card_brand",
    "failure_code",
    "attempt_number",
)


class _ScoreAnswer(msgspec.Struct):
    score: Annotated[float, msgspec.Meta(ge=0, le=1)]
    risk_level: str
    model_version: str


class _RetryAnswer(msgspec.Struct):
    strategy: str
    delay_seconds: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] | None
    model_version: str


Answer = TypeVar("Answer", _ScoreAnswer, _RetryAnswer)


class InferenceClient:
    """Asks the inference service. `http` has its base URL and timeout set.

    Any failure raises: `RequestRefusedError` for a 4xx, otherwise what httpx or msgspec raised, which may pass.
    """

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def score_fraud(self, event: UnifiedEvent) -> Score:
        """Return how likely fraud is."""
        return _score(await self._ask("/fraud/score", event, _ScoreAnswer))

    async def predict_churn(self, event: UnifiedEvent) -> Score:
        """Return how likely the customer is to leave."""
        return _score(await self._ask("/churn/score", event, _ScoreAnswer))

    async def plan_retry(self, event: UnifiedEvent) -> RetryPlan:
        """Return how to try the failed payment again."""
        answer = await self._ask("/retry/strategy", event, _RetryAnswer)
        return RetryPlan(answer.strategy, answer.delay_seconds, answer.model_version)

    async def _ask(self, path: str, event: UnifiedEvent, answer: type[Answer]) -> Answer:
        response = await self._http.post(path, json={name: getattr(event, name) for name in FEATURES})
        if response.is_client_error:
            raise RequestRefusedError(f"inference answered {response.status_code} to {path}")
        response.raise_for_status()
        return msgspec.json.decode(response.content, type=answer)


def _score(answer: _ScoreAnswer) -> Score:
    return Score(answer.score, answer.risk_level, answer.model_version)
