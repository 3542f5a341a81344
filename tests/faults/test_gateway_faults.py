"""The gateway, and the Kafka behind it, broken while events come in: what was answered 200 is in Kafka."""

import asyncio
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import httpx
import msgspec
import pytest

from services.contracts import events, topics
from services.gateway.settings import GatewaySettings
from services.simulator import client
from services.simulator.events import StripeEvent, wrap
from services.simulator.ledger import Ledger
from services.simulator.settings import SimulatorSettings
from services.simulator.signing import sign
from services.simulator.simulation import simulate
from services.simulator.summary import Summary
from tests.faults.processes import StandIn, Supervised, until
from tests.faults.proxies import Proxies
from tests.integration.gateway.harness import reading

pytestmark = [pytest.mark.integration, pytest.mark.fault, pytest.mark.slow]

StandIns = Callable[..., AbstractContextManager[StandIn]]

PAYMENTS = 10
OTHERS = 390


@dataclass
class Load:
    """Events on their way to the gateway, each sent again until it is accepted."""

    sent: list[StripeEvent]
    summary: Summary = field(default_factory=Summary)

    @property
    def accepted(self) -> set[str]:
        """The ids of those that the sender was answered 200 for, by its own ledger."""
        return {events.event_id(event["id"]) for event in self.sent} & Ledger.default().accepted().keys()

    def send(self) -> None:
        self.summary = asyncio.run(client.send(self.sent, settings=SimulatorSettings(retry_for_s=120)))


@contextmanager
def load() -> Iterator[Load]:
    """Send while the block runs, which begins after the first events were accepted; in the end all of them must be."""
    others = [wrap({"object": "customer", "id": f"cus_{number}"}, "customer.updated") for number in range(OTHERS)]
    # Few payments among many events that end in Kafka: what comes after it is not what is tested here.
    under_way = Load([*others[: OTHERS // 2], *simulate(events=PAYMENTS, seed=3), *others[OTHERS // 2 :]])
    sending = threading.Thread(target=under_way.send)
    sending.start()
    try:
        until(lambda: len(under_way.accepted) >= 20, "the first events are accepted")
        yield under_way
    finally:
        sending.join()
    assert under_way.summary.ok, str(under_way.summary)
    assert len(under_way.accepted) == PAYMENTS + OTHERS
    assert under_way.accepted <= asyncio.run(in_kafka())


async def in_kafka() -> set[str]:
    """Return the ids of all events that any gateway ever wrote."""
    async with reading(*topics.WEBHOOKS, topics.UNROUTED, from_start=True) as reader:
        return {events.event_id(msgspec.json.decode(record.value)["id"]) for record in await reader.by_now()}


def probe() -> int:
    """Post something signed that ends in the dead-letter topic, whose events nobody counts; return the status."""
    settings = GatewaySettings()
    body = f"no event: {uuid.uuid4()}".encode()
    signature = sign(body, settings.stripe.webhook_secret.get_secret_value(), int(time.time()))
    url = f"{settings.url}/webhooks/stripe"
    return httpx.post(url, content=body, headers={"stripe-signature": signature}, timeout=30).status_code


def ready() -> int:
    return httpx.get(f"{GatewaySettings().url}/readyz", timeout=30).status_code


def test_kill_9_of_the_gateway_under_load_every_acknowledged_event_is_in_kafka(supervised: Supervised) -> None:
    with load() as under_way:
        supervised.kill("gateway")
        acknowledged = under_way.accepted
        assert acknowledged <= asyncio.run(in_kafka())
        supervised.start("gateway")


def test_kill_9_of_kafka_while_sending_acknowledges_nothing_until_it_is_back(supervised: Supervised) -> None:
    gateway = supervised.pid("gateway")
    with load() as under_way:
        supervised.kill("kafka")
        assert probe() == 503
        acknowledged = under_way.accepted
        assert probe() == 503
        assert ready() == 503
        assert under_way.accepted == acknowledged
        supervised.start("kafka")
        assert acknowledged <= asyncio.run(in_kafka())
    assert supervised.pid("gateway") == gateway


def test_sigterm_under_load_loses_no_accepted_event_and_answers_each(stand_in: StandIns) -> None:
    with stand_in("gateway") as process, load() as under_way:
        assert process.stop() == 0
        answered = under_way.accepted
        lines = [msgspec.json.decode(line) for line in process.output().splitlines()]
        assert {line["event_id"] for line in lines if line["event"] == "accepted"} == answered
        assert not [line for line in lines if line["level"] == "error"]
        assert answered <= asyncio.run(in_kafka())
        Supervised().start("gateway")


def test_kafka_cut_off_is_503_and_mended_is_200_again(proxies: Proxies, stand_in: StandIns) -> None:
    kafka = proxies.to("kafka")
    with stand_in("gateway", KAFKA_BOOTSTRAP_SERVERS=kafka.address, GATEWAY_PRODUCE_TIMEOUT_S="1"), load() as under_way:
        kafka.cut()
        assert probe() == 503
        acknowledged = under_way.accepted
        assert probe() == 503
        assert ready() == 503
        assert under_way.accepted == acknowledged
        kafka.mend()
        until(lambda: ready() == 200, "the gateway has found Kafka again")


def test_kafka_stalled_is_503_in_time_and_mended_is_200_again(proxies: Proxies, stand_in: StandIns) -> None:
    kafka = proxies.to("kafka")
    with stand_in("gateway", KAFKA_BOOTSTRAP_SERVERS=kafka.address, GATEWAY_PRODUCE_TIMEOUT_S="1"), load() as under_way:
        kafka.stall()
        began = time.monotonic()
        assert probe() == 503
        assert time.monotonic() - began < 10
        acknowledged = under_way.accepted
        assert probe() == 503
        assert under_way.accepted == acknowledged
        kafka.mend()
        until(lambda: ready() == 200, "Kafka answers again")
