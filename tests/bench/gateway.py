"""Webhooks per second of the gateway, against a server that reads the body and answers 200."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from services.contracts.settings import Stripe
from services.simulator.signing import sign
from services.simulator.simulation import simulate
from stack import ports
from tests.bench import vegeta
from tests.bench.addresses import answers
from tests.bench.measured import Measured, running
from tests.bench.result import Result, Target, interleaved

EVENTS = 64
CONNECTIONS = 64
"""Enough that the gateway has work while Kafka writes, few enough that the load generator's own work stays small."""
SECONDS = 4.0
WARM_UP_SECONDS = 1.0


def acks_all() -> Result:
    """The gateway as it runs: 200 once Kafka has the event."""
    return _against_bare("services.gateway", Target("at least", 0.45))


def stubbed() -> Result:
    """The gateway's own part: without waiting for Kafka."""
    return _against_bare("tests.bench.programs.stubbed_gateway", Target("at least", 0.8))


def _against_bare(module: str, target: Target) -> Result:
    with _serving(module) as (gateway, url), _serving("tests.bench.programs.bare_gateway") as (_, bare_url):
        for each in (url, bare_url):
            _requests_per_s(each, WARM_UP_SECONDS)
        runs = interleaved(lambda: _requests_per_s(url, SECONDS), lambda: _requests_per_s(bare_url, SECONDS))
        return Result(runs, "requests/s", target, {"gateway": gateway.peak_rss_mib()})


def _requests_per_s(url: str, seconds: float) -> float:
    secret = Stripe().webhook_secret.get_secret_value()
    bodies = [msgspec.json.encode(event) for event in simulate(events=EVENTS, seed=7)]
    requests = [  # signed anew for each run: a signature is good for 300 s
        vegeta.Request(
            f"{url}/webhooks/stripe",
            body,
            {"Stripe-Signature": sign(body, secret, int(time.time())), "Content-Type": "application/json"},
        )
        for body in bodies
    ]
    return vegeta.attack(requests, connections=CONNECTIONS, seconds=seconds).requests_per_s


@contextmanager
def _serving(module: str) -> Iterator[tuple[Measured, str]]:
    url = f"http://127.0.0.1:{ports.free_port()}"
    with running(module, GATEWAY_URL=url) as process:
        process.wait_until(lambda: answers(url), "it answered")
        yield process, url
