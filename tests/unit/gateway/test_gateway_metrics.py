"""`/metrics`, as Prometheus reads it."""

import json

import httpx
from prometheus_client.parser import text_string_to_metric_families

from services.contracts import topics
from services.gateway.bootstrap import bootstrap
from services.gateway.errors import REFUSALS, NotAcknowledgedError, SignatureError
from services.gateway.metrics import Distribution
from services.simulator.signing import sign
from tests.unit.gateway.harness import EVENT, NOW, SECRET, FakePublisher, Gateway, settings

Sample = tuple[str, tuple[str, ...]]


async def scraped(http: httpx.AsyncClient) -> dict[Sample, float]:
    response = await http.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


async def test_requests_are_counted_by_status_and_events_by_topic(gateway: Gateway) -> None:
    await gateway.post_event()
    await gateway.post_event(type="invoice.paid")
    await gateway.post(b"hello")
    counted = await scraped(gateway.http)
    assert counted["gateway_requests_total", ("200",)] == 2
    assert counted["gateway_requests_total", ("400",)] == 1
    assert counted["gateway_accepted_total", (topics.PAYMENT_INTENT,)] == 1
    assert counted["gateway_accepted_total", (topics.UNROUTED,)] == 1


async def test_refusals_are_counted_by_error_class(gateway: Gateway) -> None:
    await gateway.post(b"{}", "hello")
    await gateway.post(b"hello")
    await gateway.post(b"x" * 10_001)
    gateway.publisher.failure = NotAcknowledgedError("no")
    await gateway.post_event()
    counted = await scraped(gateway.http)
    for name in ("SignatureError", "EventError", "BodyTooLargeError", "NotAcknowledgedError"):
        assert counted["gateway_refused_total", (name,)] == 1
    assert counted["gateway_refused_total", ("BodyTooSlowError",)] == 0


async def test_latencies_and_sizes_are_histograms(gateway: Gateway) -> None:
    body = json.dumps(EVENT).encode().ljust(1000)
    await gateway.post(body)
    await gateway.post(b"{}", "hello")
    counted = await scraped(gateway.http)
    assert counted["gateway_body_bytes_count", ()] == 2
    assert counted["gateway_body_bytes_sum", ()] == 1002
    assert counted["gateway_body_bytes_bucket", ("512.0",)] == 1
    assert counted["gateway_body_bytes_bucket", ("1024.0",)] == 2
    assert counted["gateway_produce_seconds_count", ()] == 1
    assert counted["gateway_produce_seconds_bucket", ("+Inf",)] == 1


async def test_what_is_in_flight_is_a_gauge(publisher: FakePublisher) -> None:
    seen = {}

    async def publish(_: object) -> None:
        seen.update(await scraped(http))

    transport = httpx.ASGITransport(bootstrap(settings(), publish=publish, clock=lambda: float(NOW)))
    body = json.dumps(EVENT).encode()
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
        await http.post("/webhooks/stripe", content=body, headers={"stripe-signature": sign(body, SECRET, NOW)})
        after = await scraped(http)
    assert seen["gateway_requests_in_flight", ()] == 1
    assert seen["gateway_held_bytes", ()] == len(body)
    assert after["gateway_requests_in_flight", ()] == after["gateway_held_bytes", ()] == 0
    assert publisher.records == []


async def test_no_label_comes_from_outside(gateway: Gateway) -> None:
    before = (await scraped(gateway.http)).keys()
    for number in range(20):
        await gateway.post_event(type=f"made.up.{number}")
        await gateway.post_event(type=f"charge.made_up_{number}")
        await gateway.post(b"%d" % number)
    assert (await scraped(gateway.http)).keys() == before


async def test_two_gateways_in_one_process_count_apart(gateway: Gateway) -> None:
    transport = httpx.ASGITransport(bootstrap(settings(), publish=gateway.publisher))
    await gateway.post_event()
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
        assert (await scraped(http))["gateway_requests_total", ("200",)] == 0
    assert (await scraped(gateway.http))["gateway_requests_total", ("200",)] == 1


async def test_every_refusal_is_there_from_the_start(gateway: Gateway) -> None:
    counted = await scraped(gateway.http)
    assert {labels[0] for name, labels in counted if name == "gateway_refused_total"} == {
        error.__name__ for error in REFUSALS
    }


def test_a_value_on_a_bound_is_in_the_bucket_below_it() -> None:
    values = Distribution((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 2.0, 3.0):
        values.add(value)
    assert (values.counts, values.total) == ([2, 2, 1], 8.0)


async def test_an_error_class_of_a_labs_own_counts_as_the_one_it_is_derived_from(publisher: FakePublisher) -> None:
    class NotTheWordError(SignatureError):
        """A learner's."""

    def verify(*_: object) -> None:
        raise NotTheWordError("that is not the word")

    transport = httpx.ASGITransport(bootstrap(settings(), verify=verify, publish=publisher))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
        assert (await http.post("/webhooks/stripe", content=b"{}")).status_code == 400
        counted = await scraped(http)
    assert counted["gateway_refused_total", ("SignatureError",)] == 1
