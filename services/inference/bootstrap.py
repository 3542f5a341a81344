"""Wires the service. A lab serves its own model with `bootstrap(settings, models=replace(baseline(), fraud=mine))`."""

import uvicorn

from services.inference.app import create_app
from services.inference.churn_rules import ChurnRules
from services.inference.fraud_rules import FraudRules
from services.inference.models import Models
from services.inference.retry_rules import RetryRules
from services.inference.settings import InferenceSettings

SHUTDOWN_TIMEOUT_S = 10


def baseline() -> Models:
    """Return the documented rules that answer until a model is trained."""
    return Models(fraud=FraudRules(), churn=ChurnRules(), retry=RetryRules())


def bootstrap(settings: InferenceSettings, *, models: Models | None = None) -> uvicorn.Server:
    """Return the server, not yet running: `run()` serves until SIGTERM and finishes the requests in hand."""
    return uvicorn.Server(
        uvicorn.Config(
            create_app(models or baseline()),
            host=settings.bind_host,
            port=settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=SHUTDOWN_TIMEOUT_S,
        )
    )
