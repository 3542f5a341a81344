"""A payment to ask about, a model that a lab might inject, and a client of the application in process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import httpx
from hypothesis import settings

from services.inference.app import create_app
from services.inference.bootstrap import baseline
from services.inference.messages import PaymentFeatures
from services.inference.models import Models, ModelSource
from services.inference.settings import Limits

unhurried = settings(deadline=None)
"""For properties: on a busy machine the time of one example tells nothing."""
ENDPOINTS = ("/fraud/score", "/churn/score", "/retry/strategy")
FAILED: dict[str, Any] = {
    "event_type": "payment_intent.payment_failed",
    "merchant_id": "acct_1",
    "customer_id": "cus_1",
    "amount_cents": 1_500,
    "currency": "usd",
    "status": "requires_payment_method",
    "card_country": "US",
    "card_brand": "visa",
    "failure_code": "insufficient_funds",
    "attempt_number": 1,
}
PAID: dict[str, Any] = FAILED | {
    "event_type": "payment_intent.succeeded",
    "status": "succeeded",
    "failure_code": None,
}


def payment(**changes: object) -> PaymentFeatures:
    """An ordinary payment that succeeded, but for these changes."""
    return PaymentFeatures(**PAID | changes)


@dataclass(frozen=True)
class Says:
    """A scoring model with what the port asks for and nothing else. `answer` makes the scores."""

    answer: Callable[[Sequence[PaymentFeatures]], object]
    name: str = "mine"
    version: str = "7"

    def score(self, payments: Sequence[PaymentFeatures]) -> object:
        return self.answer(payments)


@dataclass(frozen=True)
class Plans:
    """A retry model whose plans are made by `answer`."""

    answer: Callable[[Sequence[PaymentFeatures]], object]
    name: str = "mine"
    version: str = "7"

    def plan(self, payments: Sequence[PaymentFeatures]) -> object:
        return self.answer(payments)


def constant(score: object) -> Says:
    """A model that gives every payment this score."""
    return Says(lambda payments: [score] * len(payments))


def with_fraud(model: object) -> Models:
    return replace(baseline(), fraud=model)


def client_of(models: ModelSource | None = None, limits: Limits | None = None) -> httpx.AsyncClient:
    """A client of the application, in process."""
    app = create_app(models or baseline(), limits or Limits())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://inference")
