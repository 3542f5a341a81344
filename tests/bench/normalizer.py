"""Messages per second of the normalizer, against a process that consumes, decodes and produces, and no more."""

import json
from collections.abc import Iterator

import msgspec

from services.contracts import topics, tracing
from services.gateway.event import payment_key
from services.gateway.routing import topic_for
from services.simulator.simulation import simulate
from tests.bench import log
from tests.bench.measured import running
from tests.bench.result import Result, Target, interleaved

MESSAGES = 40_000


def throughput() -> Result:
    """The normalizer as it runs, from its first output record to its last."""
    source = log.create("webhooks")
    log.fill(source, _webhooks())
    peaks: list[int] = []
    runs = interleaved(
        lambda: _messages_per_s("services.normalizer", source, peaks),
        lambda: _messages_per_s("tests.bench.programs.bare_normalizer", source, []),
    )
    return Result(runs, "messages/s", Target("at least", 0.6), {"normalizer": max(peaks)})


def _webhooks() -> Iterator[tuple[bytes, bytes, log.Headers]]:
    """Yield records as the gateway writes them."""
    for event in simulate(events=MESSAGES, seed=7):
        if topic_for(event["type"]) != topics.UNROUTED:
            key = payment_key(event["data"]["object"]) or event["id"]
            headers = [(tracing.HEADER, tracing.begin().encode())]
            yield key.encode(), msgspec.json.encode(event), headers


def _messages_per_s(module: str, source: str, peaks: list[int]) -> float:
    sink, dlq = log.create("normalized"), log.create("dlq")
    expected = log.length(source)
    own = {"GROUP_ID": sink, "SOURCES": json.dumps([source]), "SINK": sink, "DLQ": dlq}
    with running(module, **{f"NORMALIZER_{name}": value for name, value in own.items()}) as process:
        process.wait_until(lambda: log.length(sink, dlq) >= expected, "it had written every message")
        peaks.append(process.peak_rss_mib())
    return log.records_per_s(sink, dlq)
