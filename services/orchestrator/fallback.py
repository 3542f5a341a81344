"""What is stored where inference failed for good: neutral values that say themselves what they are."""

from typing import Final

from services.orchestrator.messages import RetryPlan, Score

MODEL_VERSION: Final = "fallback"

SCORE: Final = Score(score=0.5, risk_level="medium", model_version=MODEL_VERSION)
RETRY_PLAN: Final = RetryPlan(strategy="retry_next_day", delay_seconds=86_400, model_version=MODEL_VERSION)
