"""What the gateway counts, for Prometheus. Every label has a fixed set of values, none of which a sender chooses.

Counting is adding to a number; only a scrape makes Prometheus's objects of the numbers, so that a webhook does not pay
for locks and look-ups. Each value is there from the start, at zero: "none so far" differs from "not counted".
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from services.contracts import topics
from services.gateway.errors import REFUSALS, GatewayError, UnexpectedError

_OK: Final = 200
_BODY_BYTES: Final = (512, 1024, 2048, 4096, 8192, 16_384, 65_536, 262_144, 2**20)
_PRODUCE_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Distribution:
    """How many values lie in each of the buckets, whose upper bounds are inclusive; and their sum."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Metrics(Collector):
    """One gateway's metrics, in a registry of its own: two gateways in one process do not count into each other."""

    def __init__(self, held_bytes: Callable[[], int]) -> None:
        """`held_bytes` tells how many bytes of bodies are in memory."""
        self.in_flight = 0
        self.body_bytes = Distribution(_BODY_BYTES)
        self.produce_seconds = Distribution(_PRODUCE_SECONDS)
        self._requests = dict.fromkeys(sorted({_OK, *(error.status for error in REFUSALS)}), 0)
        self._accepted = dict.fromkeys((*topics.WEBHOOKS, topics.UNROUTED), 0)
        self._refused = dict.fromkeys((error.__name__ for error in REFUSALS), 0)
        self.registry = CollectorRegistry()
        self.registry.register(self)
        ProcessCollector(registry=self.registry)
        in_flight = Gauge("gateway_requests_in_flight", "Webhooks not answered yet", registry=self.registry)
        in_flight.set_function(lambda: self.in_flight)
        held = Gauge("gateway_held_bytes", "Bytes of bodies in memory", registry=self.registry)
        held.set_function(held_bytes)

    def accepted(self, topic: str) -> None:
        """Count an event that Kafka has acknowledged."""
        self._accepted[topic] += 1
        self._requests[_OK] += 1

    def refused(self, error: GatewayError) -> None:
        """Count a webhook that was not accepted."""
        kind = next((kind for kind in REFUSALS if isinstance(error, kind)), UnexpectedError)
        self._refused[kind.__name__] += 1
        self._requests[kind.status] += 1

    def text(self) -> bytes:
        """Return all of it in Prometheus's text format."""
        return generate_latest(self.registry)

    def collect(self) -> Iterator[Metric]:
        """Yield the counters and histograms; called by the registry."""
        yield _counter("gateway_requests", "Webhooks answered", "status", self._requests)
        yield _counter("gateway_accepted", "Events that Kafka has acknowledged", "topic", self._accepted)
        yield _counter("gateway_refused", "Webhooks not accepted", "error_class", self._refused)
        yield _histogram("gateway_body_bytes", "Sizes of the bodies read", self.body_bytes)
        yield _histogram(
            "gateway_produce_seconds",
            "From a record's hand-over to its acknowledgement or failure",
            self.produce_seconds,
        )


def _counter(name: str, documentation: str, label: str, counts: dict[int, int] | dict[str, int]) -> Metric:
    family = CounterMetricFamily(name, documentation, labels=[label])
    for value, count in counts.items():
        family.add_metric([str(value)], count)
    return family


def _histogram(name: str, documentation: str, values: Distribution) -> Metric:
    bounds = [*(str(float(bound)) for bound in values.bounds), "+Inf"]
    buckets = list(zip(bounds, accumulate(values.counts), strict=True))
    return HistogramMetricFamily(name, documentation, buckets=buckets, sum_value=values.total)
