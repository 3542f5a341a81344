"""A model that fails is a 500 with its name, and a log line under the request's trace; nothing else is disturbed."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from services.inference.bootstrap import baseline
from services.inference.messages import PaymentFeatures
from services.inference.models import Models
from tests.unit.inference.inference_examples import FAILED, PAID, Plans, Says, client_of, constant, with_fraud

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"


def quotes_its_input(payments: Sequence[PaymentFeatures]) -> list[float]:
    raise ValueError(f"cannot convert {payments[0].merchant_id}")


FAULTY_SCORES = {
    "above one": constant(1.5),
    "below zero": constant(-0.1),
    "NaN": constant(float("nan")),
    "infinity": constant(float("inf")),
    "a string": constant("0.5"),
    "null": constant(None),
    "a score for each class": constant([0.1, 0.9]),
    "one too few": Says(lambda payments: [0.5] * (len(payments) - 1)),
    "one too many": Says(lambda payments: [0.5] * (len(payments) + 1)),
    "nothing": Says(lambda _: None),
    "it raises": Says(quotes_its_input),
}
FAULTY_PLANS = {
    "no strategy": Plans(lambda payments: [("", 60)] * len(payments)),
    "a negative delay": Plans(lambda payments: [("later", -1)] * len(payments)),
    "a delay beyond its column": Plans(lambda payments: [("later", 2**31)] * len(payments)),
    "a delay with decimals": Plans(lambda payments: [("later", 0.5)] * len(payments)),
    "a strategy without a delay": Plans(lambda payments: [("later",)] * len(payments)),
    "one too few": Plans(lambda payments: [("later", 1)] * (len(payments) - 1)),
    "it raises": Plans(quotes_its_input),
}
FAULTY = {f"scores: {fault}": (with_fraud(model), "/fraud/score") for fault, model in FAULTY_SCORES.items()} | {
    f"plans: {fault}": (replace(baseline(), retry=model), "/retry/strategy") for fault, model in FAULTY_PLANS.items()
}


@pytest.mark.parametrize(("models", "path"), FAULTY.values(), ids=FAULTY.keys())
async def test_a_faulty_model_is_a_500_that_names_it(models: Models, path: str) -> None:
    async with client_of(models) as client:
        one = await client.post(path, json=FAILED)
        bulk = await client.post(f"{path}/bulk", json={"payments": [FAILED, PAID]})

    for response in (one, bulk):
        assert response.status_code == 500
        assert response.json().keys() == {"error", "field", "remedy"}
        assert response.json()["error"].startswith("model mine 7 ")


async def test_a_model_that_raises_is_logged_under_the_trace_without_what_it_quotes() -> None:
    async with client_of(with_fraud(Says(quotes_its_input))) as client:
        with capture_logs() as logs:
            response = await client.post("/fraud/score", json=FAILED, headers={"traceparent": TRACEPARENT})

    [line] = logs
    assert (line["event"], line["log_level"], line["trace_id"]) == ("model failed", "error", TRACE_ID)
    assert (line["model"], line["version"], line["error"]) == ("mine", "7", "model mine 7 raised ValueError")
    assert line["frames"][-1].endswith(" quotes_its_input")
    assert "acct_1" not in str(line) + response.text


async def test_a_model_that_fails_is_counted_and_the_others_answer() -> None:
    async with client_of(with_fraud(constant(float("nan")))) as client:
        await client.post("/fraud/score", json=FAILED)
        await client.post("/fraud/score", json=FAILED)
        assert (await client.post("/churn/score", json=FAILED)).status_code == 200
        metrics = (await client.get("/metrics")).text.splitlines()

    assert 'inference_model_errors_total{model="mine",task="fraud",version="7"} 2.0' in metrics
    assert 'inference_requests_total{endpoint="/fraud/score",status="500"} 2.0' in metrics
