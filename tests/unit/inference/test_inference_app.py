"""The HTTP answers: scores, names of models, and refusals that name the field."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from services.inference.app import create_app
from services.inference.bootstrap import baseline, bootstrap
from services.inference.messages import PaymentFeatures
from services.inference.settings import InferenceSettings

PAYMENT: dict[str, Any] = {
    "event_type": "payment_intent.payment_failed",
    "merchant_id": "acct_1",
    "customer_id": "cus_1",
    "amount_cents": 1_500,
    "currency": "usd",
    "status": "failed",
    "card_country": "US",
    "card_brand": "visa",
    "failure_code": "insufficient_funds",
    "attempt_number": 1,
}


@dataclass(frozen=True)
class ConstantModel:
    """A model that a lab might inject."""

    answer: float
    name: str = "constant"
    version: str = "7"

    def score(self, features: PaymentFeatures) -> float:  # noqa: ARG002 - the port's signature
        return self.answer


def client_of(answer: float | None = None) -> httpx.AsyncClient:
    models = baseline() if answer is None else replace(baseline(), fraud=ConstantModel(answer))
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app(models)), base_url="http://inference")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of() as connected:
        yield connected


@pytest.mark.parametrize("path", ["/fraud/score", "/churn/score"])
async def test_a_score_carries_its_level_and_its_model(client: httpx.AsyncClient, path: str) -> None:
    answer = (await client.post(path, json=PAYMENT)).json()

    assert 0 <= answer["score"] <= 1
    assert answer["risk_level"] in {"low", "medium", "high"}
    assert answer["model_version"] == "baseline-rules-1"


async def test_a_failed_payment_gets_a_retry_strategy(client: httpx.AsyncClient) -> None:
    assert (await client.post("/retry/strategy", json=PAYMENT)).json() == {
        "strategy": "retry_after_payday",
        "delay_seconds": 259_200,
        "model_name": "retry-baseline",
        "model_version": "baseline-rules-1",
    }


@pytest.mark.parametrize("path", ["/fraud/score", "/churn/score", "/retry/strategy"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount_cents", -1),
        ("amount_cents", 15.9),
        ("amount_cents", True),
        ("amount_cents", "1500"),
        ("amount_cents", 2**63),
        ("currency", "dollars"),
        ("attempt_number", -1),
        ("status", None),
        ("card_cuontry", "US"),
    ],
)
async def test_a_bad_request_is_422_and_names_the_field(
    client: httpx.AsyncClient, path: str, field: str, value: object
) -> None:
    response = await client.post(path, json=PAYMENT | {field: value})

    assert response.status_code == 422
    assert [problem["loc"] for problem in response.json()["detail"]] == [["body", field]]


async def test_a_missing_field_is_named(client: httpx.AsyncClient) -> None:
    response = await client.post("/fraud/score", json={key: PAYMENT[key] for key in PAYMENT if key != "currency"})

    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", "currency"]


async def test_a_body_that_is_not_json_is_422(client: httpx.AsyncClient) -> None:
    response = await client.post("/fraud/score", content=b"{", headers={"content-type": "application/json"})
    assert response.status_code == 422


async def test_the_models_are_listed_with_their_versions(client: httpx.AsyncClient) -> None:
    models = (await client.get("/models")).json()
    assert [(model["task"], model["version"]) for model in models] == [
        ("fraud", "baseline-rules-1"),
        ("churn", "baseline-rules-1"),
        ("retry", "baseline-rules-1"),
    ]


async def test_the_process_says_that_it_lives_and_is_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).status_code == 200


async def test_another_model_answers_when_it_is_given() -> None:
    async with client_of(0.5) as client:
        answer = (await client.post("/fraud/score", json=PAYMENT)).json()

    assert answer == {"score": 0.5, "risk_level": "medium", "model_name": "constant", "model_version": "7"}


@pytest.mark.parametrize("answer", [1.5, -0.1, float("nan")])
async def test_a_model_whose_score_is_out_of_bounds_is_a_500_that_names_it(answer: float) -> None:
    async with client_of(answer) as client:
        response = await client.post("/fraud/score", json=PAYMENT)

    assert response.status_code == 500
    assert "constant" in response.json()["detail"]


def test_the_server_listens_on_the_port_of_its_url() -> None:
    server = bootstrap(InferenceSettings(url="http://127.0.0.1:18001"))
    assert (server.config.host, server.config.port) == ("127.0.0.1", 18001)
