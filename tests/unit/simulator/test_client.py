import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import stamina

from services.contracts.settings import Stripe
from services.simulator.client import send
from services.simulator.delivery import Delivery, delivery
from services.simulator.errors import UnavailableError
from services.simulator.events import StripeEvent, wrap
from services.simulator.gateway_client import Answer
from services.simulator.ledger import Ledger
from services.simulator.settings import SimulatorSettings
from services.simulator.signing import sign
from services.simulator.simulation import simulate
from services.simulator.summary import Summary

SETTINGS = SimulatorSettings(stripe=Stripe(webhook_secret="whsec_unit"), retry_for_s=5, concurrency=4)
NOW = 1_790_000_000
GOOD = wrap({"id": "ch_1", "object": "charge"}, "charge.failed")


class FakeGateway:
    """Answers what it was told to, then 200; keeps what it was sent."""

    def __init__(self, *answers: int | str) -> None:
        self._answers = list(answers)
        self.bodies: list[bytes] = []
        self.signatures: list[str] = []

    async def __call__(self, body: bytes, signature: str) -> Answer:
        self.bodies.append(body)
        self.signatures.append(signature)
        await asyncio.sleep(0)
        answer = self._answers.pop(0) if self._answers else 200
        if isinstance(answer, str):
            raise UnavailableError(answer)
        return Answer(answer, "" if answer == 200 else "no")


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "accepted.jsonl")


async def deliver(events: list[StripeEvent] | list[Delivery], gateway: FakeGateway, ledger: Ledger) -> Summary:
    return await send(events, settings=SETTINGS, ledger=ledger, post=gateway, clock=lambda: NOW + 0.9)


async def test_each_accepted_event_is_in_the_ledger(ledger: Ledger) -> None:
    events = list(simulate(events=100, seed=7))
    summary = await deliver(events, FakeGateway(), ledger)
    assert set(ledger.accepted()) == {f"stripe:{event['id']}" for event in events}
    assert (summary.accepted.total(), summary.retried, summary.ok) == (100, 0, True)


async def test_what_is_sent_is_signed(ledger: Ledger) -> None:
    gateway = FakeGateway()
    await deliver([GOOD], gateway, ledger)
    assert gateway.signatures == [sign(gateway.bodies[0], "whsec_unit", NOW)]


async def test_what_is_sent_may_be_signed_by_somebody_elses_function(ledger: Ledger) -> None:
    gateway = FakeGateway()
    await send([GOOD], settings=SETTINGS, ledger=ledger, post=gateway, sign=lambda *_: "mine")
    assert gateway.signatures == ["mine"]


async def test_a_delivery_can_be_signed_over_other_bytes(ledger: Ledger) -> None:
    gateway = FakeGateway()
    await deliver([msgspec.structs.replace(delivery(GOOD), signed=b"other")], gateway, ledger)
    assert gateway.signatures == [sign(b"other", "whsec_unit", NOW)]


async def test_a_refusal_is_final_and_not_in_the_ledger(ledger: Ledger) -> None:
    gateway = FakeGateway(400)
    summary = await deliver([GOOD], gateway, ledger)
    assert (len(gateway.bodies), summary.ok, dict(summary.refused)) == (1, False, {"400 no": 1})
    assert ledger.accepted() == {}


async def test_a_refusal_that_was_expected_is_as_it_should_be(ledger: Ledger) -> None:
    corrupt = msgspec.structs.replace(delivery(GOOD), kind="corrupt: NaN", expected=400)
    summary = await deliver([corrupt], FakeGateway(400), ledger)
    assert (summary.ok, dict(summary.refused), dict(summary.kinds)) == (True, {"400 no": 1}, {"corrupt: NaN": 1})
    assert ledger.accepted() == {}


async def test_a_corrupt_event_that_is_accepted_is_in_the_ledger_and_not_as_it_should_be(ledger: Ledger) -> None:
    corrupt = msgspec.structs.replace(delivery(GOOD), kind="corrupt: NaN", expected=400)
    summary = await deliver([corrupt], FakeGateway(), ledger)
    assert not summary.ok
    assert len(ledger.accepted()) == 1


async def test_unavailability_is_tried_again(ledger: Ledger) -> None:
    summary = await deliver([GOOD], FakeGateway("503 no", "nobody there"), ledger)
    assert (summary.accepted.total(), summary.retried, summary.ok) == (1, 2, True)


async def test_lasting_unavailability_is_told_apart_from_a_refusal(ledger: Ledger) -> None:
    summary = await deliver([GOOD], FakeGateway(*["503 Service Unavailable"] * 10), ledger)
    assert (dict(summary.refused), dict(summary.unanswered)) == ({}, {"503 Service Unavailable": 1})
    assert not summary.ok
    assert "lakehouse pipeline up" in str(summary)
    assert ledger.accepted() == {}


async def test_the_events_of_one_payment_arrive_in_their_order(ledger: Ledger) -> None:
    def payment(event: StripeEvent) -> str:
        payload = event["data"]["object"]
        return str(payload.get("payment_intent", payload["id"]))

    def by_payment(events: list[StripeEvent]) -> dict[str, list[str]]:
        found = defaultdict(list)
        for event in events:
            found[payment(event)].append(event["id"])
        return found

    gateway = FakeGateway()
    events = list(simulate(events=300, seed=7))
    await deliver(events, gateway, ledger)
    assert by_payment([json.loads(body) for body in gateway.bodies]) == by_payment(events)


async def test_a_rate_is_kept(ledger: Ledger) -> None:
    events = list(simulate(events=20, seed=7))
    summary = await send(events, settings=SETTINGS, ledger=ledger, post=FakeGateway(), rate=100)
    assert summary.seconds > 0.18
    assert summary.accepted.total() == 20


async def test_after_a_stop_what_is_under_way_is_finished_and_nothing_new_begun(ledger: Ledger) -> None:
    stop = asyncio.Event()
    gateway = FakeGateway()

    def stop_after_the_first(summary: Summary) -> None:
        if summary.accepted.total() >= 1:
            stop.set()

    endless = (wrap({"id": f"ch_{number}", "object": "charge"}, "charge.failed") for number in range(10**9))
    summary = await send(
        endless, settings=SETTINGS, ledger=ledger, post=gateway, stop=stop, watch=stop_after_the_first, rate=2_000
    )
    assert summary.accepted.total() == len(gateway.bodies) == len(ledger.accepted())
    assert summary.ok


async def test_a_stop_ends_the_waiting_for_a_gateway_that_is_not_there(ledger: Ledger) -> None:
    stop = asyncio.Event()
    stop.set()
    summary = await send([GOOD], settings=SETTINGS, ledger=ledger, post=FakeGateway("gone"), stop=stop)
    assert summary.answers == 0


def test_the_gateways_url_comes_from_gateway_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_URL", "http://127.0.0.1:18000")
    monkeypatch.setenv("SIMULATOR_CONCURRENCY", "3")
    settings = SimulatorSettings(stripe=Stripe(webhook_secret="whsec_unit"))
    assert (settings.gateway_url, settings.concurrency) == ("http://127.0.0.1:18000", 3)
