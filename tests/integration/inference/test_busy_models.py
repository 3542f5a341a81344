"""A model that computes for long, on a real server: the rest of the service does not notice."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import httpx
import pytest

from services.inference.bootstrap import baseline
from services.inference.messages import PaymentFeatures
from tests.integration.inference.conftest import Serve
from tests.integration.inference.test_inference_process import PAYMENT, TIMEOUT_S

pytestmark = pytest.mark.integration


@dataclass
class Computing:
    """A model in pure Python, which holds the interpreter's lock while it computes, until it is told to stop."""

    name: str = "computing"
    version: str = "1"
    began: threading.Event = field(default_factory=threading.Event)
    enough: threading.Event = field(default_factory=threading.Event)

    def score(self, payments: Sequence[PaymentFeatures]) -> list[float]:
        self.began.set()
        while not self.enough.is_set():
            sum(range(10_000))
        return [0.5] * len(payments)


async def test_while_a_model_computes_health_and_the_other_models_answer(serve: Serve) -> None:
    model = Computing()
    with serve(replace(baseline(), fraud=model)) as url:
        async with httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S) as client:
            computing = asyncio.create_task(client.post("/fraud/score", json=PAYMENT))
            try:
                assert await asyncio.to_thread(model.began.wait, TIMEOUT_S)
                answers = [await client.get("/healthz"), await client.get("/readyz")]
                answers += [await client.post(path, json=PAYMENT) for path in ("/churn/score", "/retry/strategy")]
                still_computing = not computing.done()
            finally:
                model.enough.set()
            answers.append(await computing)

    assert still_computing
    assert [answer.status_code for answer in answers] == [200] * 5
