"""The HTTP answers: scores and plans, alone and in bulk, and what operators ask."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from services.inference.app import create_app
from services.inference.bootstrap import baseline, bootstrap
from services.inference.messages import MAX_PAYMENTS, RiskThresholds
from services.inference.models import ModelCard, Models
from services.inference.settings import InferenceSettings
from tests.unit.inference.inference_examples import ENDPOINTS, FAILED, PAID, Says, client_of, constant, with_fraud


@pytest.mark.parametrize("path", ["/fraud/score", "/churn/score"])
async def test_a_score_carries_its_level_and_its_model(client: httpx.AsyncClient, path: str) -> None:
    answer = (await client.post(path, json=FAILED)).json()

    assert 0 <= answer["score"] <= 1
    assert answer["risk_level"] in {"low", "medium", "high"}
    assert answer["model_version"] == "baseline-rules-1"


async def test_a_failed_payment_gets_a_retry_strategy(client: httpx.AsyncClient) -> None:
    assert (await client.post("/retry/strategy", json=FAILED)).json() == {
        "strategy": "retry_after_payday",
        "delay_seconds": 259_200,
        "model_name": "retry-baseline",
        "model_version": "baseline-rules-1",
    }


@pytest.mark.parametrize("path", ENDPOINTS)
async def test_bulk_answers_each_payment_as_it_would_alone_in_order(client: httpx.AsyncClient, path: str) -> None:
    payments = [
        FAILED,
        FAILED | {"failure_code": "stolen_card"},
        FAILED | {"failure_code": "processing_error", "amount_cents": 900_000},
    ]
    alone = [(await client.post(path, json=payment)).json() for payment in payments]

    bulk = await client.post(f"{path}/bulk", json={"payments": payments})

    assert bulk.status_code == 200
    assert bulk.json() == {"results": alone}
    assert len({str(answer) for answer in alone}) == 3


async def test_bulk_takes_a_thousand_payments_and_not_one_more(client: httpx.AsyncClient) -> None:
    most = await client.post("/fraud/score/bulk", json={"payments": [PAID] * MAX_PAYMENTS})
    beyond = await client.post("/fraud/score/bulk", json={"payments": [PAID] * (MAX_PAYMENTS + 1)})

    assert len(most.json()["results"]) == 1_000
    assert (beyond.status_code, beyond.json()["field"]) == (422, "payments")
    assert "1000" in beyond.json()["error"]


async def test_optional_fields_may_be_left_out(client: httpx.AsyncClient) -> None:
    required = {name: PAID[name] for name in ("event_type", "merchant_id", "amount_cents", "currency", "status")}
    assert (await client.post("/fraud/score", json=required)).status_code == 200


async def test_the_models_are_listed_with_what_is_known_of_them() -> None:
    trained_at = datetime(2026, 5, 4, tzinfo=UTC)

    class Trained(Says):
        card = ModelCard(
            source="models:/fraud@champion",
            features=("amount_cents",),
            trained_at=trained_at,
            risk_thresholds=RiskThresholds(medium=0.1, high=0.2),
        )

    async with client_of(with_fraud(Trained(lambda payments: [0.2] * len(payments)))) as client:
        fraud, churn, retry = (await client.get("/models")).json()

    assert datetime.fromisoformat(fraud.pop("loaded_at")).tzinfo
    assert fraud == {
        "task": "fraud",
        "name": "mine",
        "version": "7",
        "source": "models:/fraud@champion",
        "features": ["amount_cents"],
        "trained_at": "2026-05-04T00:00:00Z",
        "risk_thresholds": {"medium": 0.1, "high": 0.2},
    }
    assert (churn["task"], churn["source"], churn["trained_at"]) == ("churn", "rules", None)
    assert (retry["task"], retry["version"], retry["risk_thresholds"]) == ("retry", "baseline-rules-1", None)


async def test_a_model_needs_only_a_name_a_version_and_scores() -> None:
    async with client_of(with_fraud(constant(0.5))) as client:
        answer = (await client.post("/fraud/score", json=PAID)).json()
        listed = (await client.get("/models")).json()[0]

    assert answer == {"score": 0.5, "risk_level": "medium", "model_name": "mine", "model_version": "7"}
    assert (listed["name"], listed["source"], listed["features"]) == ("mine", None, None)


async def test_the_level_follows_the_thresholds_of_the_model() -> None:
    class Strict(Says):
        card = ModelCard(risk_thresholds=RiskThresholds(medium=0.01, high=0.02))

    async with client_of(with_fraud(Strict(lambda payments: [0.02] * len(payments)))) as client:
        assert (await client.post("/fraud/score", json=PAID)).json()["risk_level"] == "high"


async def test_a_new_champion_answers_without_a_restart() -> None:
    class Registry:
        def __init__(self) -> None:
            self.champions = baseline()

        def current(self) -> Models:
            return self.champions

    registry = Registry()
    async with client_of(registry) as client:
        before = (await client.post("/fraud/score", json=PAID)).json()
        registry.champions = replace(baseline(), fraud=constant(0.75))
        after = (await client.post("/fraud/score", json=PAID)).json()
        listed = (await client.get("/models")).json()[0]

    assert before["model_version"] == "baseline-rules-1"
    assert (after["model_version"], after["score"], listed["version"]) == ("7", 0.75, "7")


async def test_without_models_the_service_lives_but_is_not_ready() -> None:
    class Empty:
        def current(self) -> Models:
            raise LookupError("no champion")

    transport = httpx.ASGITransport(create_app(Empty()), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://inference") as client:
        ready, scored = await client.get("/readyz"), await client.post("/fraud/score", json=PAID)
        assert (await client.get("/healthz")).status_code == 200

    assert (ready.status_code, scored.status_code) == (500, 500)
    assert scored.json().keys() == {"error", "field", "remedy"}
    assert scored.json()["error"] == "inference failed: LookupError"


async def test_the_process_says_that_it_lives_and_is_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).status_code == 200


async def test_metrics_count_requests_rows_and_scores_by_model_version(client: httpx.AsyncClient) -> None:
    await client.post("/fraud/score/bulk", json={"payments": [PAID, PAID | {"event_type": "charge.dispute.created"}]})
    await client.post("/retry/strategy", json=FAILED)
    await client.post("/fraud/score", json={})
    await client.get("/made/up")

    lines = set((await client.get("/metrics")).text.splitlines())
    model = 'model="fraud-baseline",task="fraud",version="baseline-rules-1"'
    assert {
        'inference_requests_total{endpoint="/fraud/score/bulk",status="200"} 1.0',
        'inference_requests_total{endpoint="/fraud/score",status="422"} 1.0',
        'inference_requests_total{endpoint="other",status="404"} 1.0',
        'inference_request_seconds_count{endpoint="/retry/strategy"} 1.0',
        'inference_rows_total{task="fraud"} 2.0',
        'inference_rows_total{task="retry"} 1.0',
        f'inference_score_bucket{{le="0.1",{model}}} 1.0',
        f'inference_score_bucket{{le="0.6",{model}}} 2.0',
        f"inference_score_count{{{model}}} 2.0",
    } <= lines


async def test_openapi_describes_the_fields_and_refers_to_nothing_that_is_not_there(client: httpx.AsyncClient) -> None:
    answer = await client.get("/openapi.json")
    document = answer.json()
    schemas = document["components"]["schemas"]

    assert {f"{path}{bulk}" for path in ENDPOINTS for bulk in ("", "/bulk")} < set(document["paths"])
    assert schemas["PaymentFeatures"]["properties"].keys() == PAID.keys()
    assert set(re.findall(r'"\$ref":"#/components/schemas/(\w+)"', answer.text)) == schemas.keys() - {"Models"}


def test_the_server_listens_on_the_port_of_its_url() -> None:
    server = bootstrap(InferenceSettings(url="http://127.0.0.1:18001"))
    assert (server.config.host, server.config.port) == ("127.0.0.1", 18001)
