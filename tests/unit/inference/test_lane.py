"""A slow model: what waits is bounded in number and in time, and nobody else waits."""

import asyncio
import threading
from collections.abc import Iterator, Sequence

import pytest

from services.inference.errors import BusyError
from services.inference.lane import Lane
from services.inference.messages import PaymentFeatures
from services.inference.settings import Limits
from tests.unit.inference.inference_examples import FAILED, Says, client_of, with_fraud

SOON_S = 1.0
LATER_S = 30.0


class Gate:
    """Holds up whoever calls, in their thread, until it is opened."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()
        self.calls = 0

    def score(self, payments: Sequence[PaymentFeatures]) -> list[float]:
        self.calls += 1
        self.entered.set()
        assert self.opened.wait(LATER_S)
        return [0.5] * len(payments)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.set()


async def until_entered(gate: Gate) -> None:
    assert await asyncio.to_thread(gate.entered.wait, LATER_S)


async def test_a_slow_model_is_503_with_retry_after_once_time_is_up(gate: Gate) -> None:
    async with client_of(with_fraud(Says(gate.score)), Limits(answer_timeout_s=SOON_S)) as client:
        response = await client.post("/fraud/score", json=FAILED)

    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.json().keys() == {"error", "field", "remedy"}


async def test_more_requests_than_may_wait_are_503_at_once(gate: Gate) -> None:
    limits = Limits(max_waiting=3, answer_timeout_s=LATER_S)
    async with client_of(with_fraud(Says(gate.score)), limits) as client, asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(client.post("/fraud/score", json=FAILED)) for _ in range(3)]
        await until_entered(gate)
        one_more = await client.post("/fraud/score", json=FAILED)
        gate.opened.set()

    assert (one_more.status_code, one_more.headers["retry-after"]) == (503, "1")
    assert [task.result().status_code for task in waiting] == [200, 200, 200]


async def test_while_one_model_hangs_health_and_the_other_models_answer(gate: Gate) -> None:
    async with client_of(with_fraud(Says(gate.score)), Limits(answer_timeout_s=LATER_S)) as client:
        hanging = asyncio.create_task(client.post("/fraud/score", json=FAILED))
        await until_entered(gate)
        answers = [await client.get(path) for path in ("/healthz", "/readyz", "/models", "/metrics")]
        answers += [await client.post(path, json=FAILED) for path in ("/churn/score", "/retry/strategy")]
        gate.opened.set()
        assert (await hanging).status_code == 200

    assert [answer.status_code for answer in answers] == [200] * 6


async def test_what_timed_out_in_the_queue_is_never_run_and_the_lane_recovers(gate: Gate) -> None:
    lane = Lane("fraud", max_waiting=8, timeout_s=SOON_S)
    results = await asyncio.gather(*(lane.run(gate.score, []) for _ in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [BusyError] * 5

    gate.opened.set()
    assert await lane.run(len, [1, 2]) == 2
    assert gate.calls == 1


async def test_a_call_that_fails_after_its_request_has_gone_is_no_noise(gate: Gate) -> None:
    lane = Lane("fraud", max_waiting=8, timeout_s=SOON_S)

    def fail_late() -> None:
        gate.score([])
        raise ValueError

    with pytest.raises(BusyError):
        await lane.run(fail_late)
    gate.opened.set()
    with pytest.raises(ZeroDivisionError):
        await lane.run(divmod, 1, 0)


async def test_a_model_is_called_by_one_thread_at_a_time() -> None:
    lane = Lane("churn", max_waiting=64, timeout_s=LATER_S)
    inside = threading.Lock()
    threads = set()

    def alone() -> bool:
        threads.add(threading.get_ident())
        free = inside.acquire(blocking=False)
        if free:
            inside.release()
        return free

    assert await asyncio.gather(*(lane.run(alone) for _ in range(50))) == [True] * 50
    assert len(threads) == 1
