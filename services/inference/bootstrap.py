"""Wires the service. A lab serves its own model with `bootstrap(settings, models=replace(baseline(), fraud=mine))`."""

from typing import Final

import uvicorn

from services.inference.app import create_app
from services.inference.churn_rules import ChurnRules
from services.inference.fraud_rules import FraudRules
from services.inference.models import Models, ModelSource
from services.inference.retry_rules import RetryRules
from services.inference.settings import InferenceSettings

_DRAIN_S: Final = 10
_KEEP_ALIVE_S: Final = 30
"""Longer than clients keep an idle connection (httpx: 5 s), so that none is closed just as a request is sent on it."""


def baseline() -> Models:
    """Return the documented rules that answer until a model is trained."""
    return Models(fraud=FraudRules(), churn=ChurnRules(), retry=RetryRules())


def bootstrap(settings: InferenceSettings, *, models: ModelSource | None = None) -> uvicorn.Server:
    """Return the server, not yet running: `run()` serves until SIGTERM and finishes the requests in hand.

    Args:
        settings: where to listen, and the limits.
        models: another source of models, or simply other models; by default the baseline rules.
    """
    return uvicorn.Server(
        uvicorn.Config(
            create_app(models or baseline(), settings.limits),
            host=settings.bind_host,
            port=settings.port,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            limit_concurrency=settings.max_connections,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_DRAIN_S,
            access_log=False,
            server_header=False,
            log_config=None,
        )
    )
