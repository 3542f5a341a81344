"""Answers of the inference service, with a model of scikit-learn's behind it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from stack import ports
from tests.bench import vegeta
from tests.bench.addresses import answers
from tests.bench.measured import Measured, output, running
from tests.bench.payments import payments
from tests.bench.result import Result, Target, interleaved

SECONDS = 3.0
PAYMENTS = 64
ROWS_PER_REQUEST = 500
CONNECTIONS = 4
ONE_THREAD: Final = {"OMP_NUM_THREADS": "1"}
"""One row is no work for several threads: on a busy machine they only wait for each other."""


def p50() -> Result:
    """The median time of one row over HTTP, against `predict_proba` of the same model in a process of its own."""
    with _serving() as (inference, url):
        runs = interleaved(
            lambda: vegeta.attack(_singles(url), connections=1, seconds=SECONDS).p50_ms,
            lambda: float(output("tests.bench.programs.scikit_in_process", str(SECONDS), **ONE_THREAD)),
        )
        return Result(runs, "ms", Target("at most", 3), {"inference": inference.peak_rss_mib()})


def bulk() -> Result:
    """Rows per second in bulk requests of 500, against requests of one row."""

    def rows_per_s(requests: list[vegeta.Request], rows: int) -> float:
        return rows * vegeta.attack(requests, connections=CONNECTIONS, seconds=SECONDS).requests_per_s

    with _serving() as (inference, url):
        body = msgspec.json.encode({"payments": payments(ROWS_PER_REQUEST)})
        bulk = [_request(f"{url}/fraud/score/bulk", body)]
        runs = interleaved(lambda: rows_per_s(bulk, ROWS_PER_REQUEST), lambda: rows_per_s(_singles(url), 1))
        return Result(runs, "rows/s", Target("at least", 5), {"inference": inference.peak_rss_mib()})


def _singles(url: str) -> list[vegeta.Request]:
    bodies = [msgspec.json.encode(payment) for payment in payments(PAYMENTS)]
    return [_request(f"{url}/fraud/score", body) for body in bodies]


def _request(url: str, body: bytes) -> vegeta.Request:
    return vegeta.Request(url, body, {"Content-Type": "application/json"})


@contextmanager
def _serving() -> Iterator[tuple[Measured, str]]:
    url = f"http://127.0.0.1:{ports.free_port()}"
    with running("tests.bench.programs.scikit_inference", INFERENCE_URL=url, **ONE_THREAD) as process:
        process.wait_until(lambda: answers(url), "it answered")
        vegeta.attack(_singles(url), connections=1, seconds=1)  # the first answers take longer
        yield process, url
