"""The orchestrator's reference: the same workflows on the same server, whose activities do nothing."""

import logging
import os
import sys
from collections.abc import Callable
from typing import Any, Final

import uvloop
from temporalio import activity

from services.contracts.logs import configure
from services.orchestrator.bootstrap import bootstrap
from services.orchestrator.messages import Assessed, Payment, Rejected, RetryPlan, Score, Violation
from services.orchestrator.settings import OrchestratorSettings

SCORE: Final = Score(0.1, "low", "none")


@activity.defn
async def validate_business_rules(_: Payment) -> list[Violation]:
    """Find nothing wrong."""
    return []


@activity.defn
async def score_fraud(_: Payment) -> Score:
    """Say the same of everybody."""
    return SCORE


@activity.defn
async def predict_churn(_: Payment) -> Score:
    """Say the same of everybody."""
    return SCORE


@activity.defn
async def plan_retry(_: Payment) -> RetryPlan:
    """Have one plan."""
    return RetryPlan("none", None, "none")


@activity.defn
async def store_event(_: Assessed) -> None:
    """Store nothing."""


@activity.defn
async def quarantine_event(_: Rejected) -> None:
    """Store nothing."""


EMPTY: Final[tuple[Callable[..., Any], ...]] = (
    validate_business_rules,
    score_fraud,
    predict_churn,
    plan_retry,
    store_event,
    quarantine_event,
)

if __name__ == "__main__":
    configure("empty-orchestrator")
    activities = {each.__name__: each for each in EMPTY}
    uvloop.run(bootstrap(OrchestratorSettings(), activities=activities).serve())
    logging.shutdown()  # ended as services.orchestrator.__main__ is, for the same reason
    sys.stdout.flush()
    os._exit(0)
