"""The HTTP application: one endpoint for each question, nothing but translation."""

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from services.inference.errors import InvalidScoreError
from services.inference.messages import ModelInfo, PaymentFeatures, RetryPlan, Score
from services.inference.models import Models, planned, scored

log = structlog.get_logger(__name__)


def create_app(models: Models) -> FastAPI:
    """Return the application that serves these models. A bad request is answered 422, naming the field."""
    app = FastAPI(title="Inference", description="Fraud, churn and retry answers for one payment event.")

    @app.post("/fraud/score")
    async def score_fraud(features: PaymentFeatures) -> Score:
        """How likely is it that this payment is fraudulent?"""
        return scored(models.fraud, features)

    @app.post("/churn/score")
    async def score_churn(features: PaymentFeatures) -> Score:
        """How likely is it that this customer leaves?"""
        return scored(models.churn, features)

    @app.post("/retry/strategy")
    async def plan_retry(features: PaymentFeatures) -> RetryPlan:
        """How and when should this failed payment be tried again?"""
        return planned(models.retry, features)

    @app.get("/models")
    async def describe_models() -> list[ModelInfo]:
        """Which models answer, and in which version?"""
        return models.describe()

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process is alive."""
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        """The models are loaded: they are before the port is opened."""
        return {"status": "ready"}

    @app.exception_handler(InvalidScoreError)
    async def invalid_score(_: Request, error: InvalidScoreError) -> JSONResponse:
        """The model is at fault, not the request: 500 with the model's name."""
        log.error("invalid score", error=str(error))
        return JSONResponse({"detail": str(error)}, status_code=500)

    return app
