import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import stamina

from services.contracts.settings import Stripe
from services.simulator.client import send
from services.simulator.events import StripeEvent, wrap
from services.simulator.ledger import Ledger
from services.simulator.settings import SimulatorSettings
from services.simulator.signing import sign
from services.simulator.simulation import simulate
from services.simulator.summary import Summary

SETTINGS = SimulatorSettings(stripe=Stripe(webhook_secret="whsec_unit"), retry_for_s=5, concurrency=4)
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def _no_waiting() -> object:
    with stamina.set_testing(True, attempts=3):
        yield


def ok(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={})


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "accepted.jsonl")


async def deliver(events: list[StripeEvent], answer: Answer, ledger: Ledger) -> Summary:
    return await send(
        events, settings=SETTINGS, ledger=ledger, transport=httpx.MockTransport(answer), clock=lambda: 1_790_000_000.9
    )


async def test_each_accepted_event_is_in_the_ledger(ledger: Ledger) -> None:
    events = list(simulate(events=100, seed=7))
    summary = await deliver(events, ok, ledger)
    assert set(ledger.accepted()) == {f"stripe:{event['id']}" for event in events}
    assert (summary.accepted.total(), summary.retried, summary.ok) == (100, 0, True)


async def test_what_is_sent_is_signed(ledger: Ledger) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        signed = request.headers["stripe-signature"] == sign(request.content, "whsec_unit", 1_790_000_000)
        return httpx.Response(200 if signed else 400)

    assert (await deliver([wrap({"id": "ch_1"}, "charge.failed")], answer, ledger)).ok


async def test_a_refusal_is_final_and_not_in_the_ledger(ledger: Ledger) -> None:
    asked = 0

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        return httpx.Response(400, json={"error": "no"})

    summary = await deliver([wrap({"id": "ch_1"}, "charge.failed")], answer, ledger)
    assert (asked, summary.ok, dict(summary.refused)) == (1, False, {"400 no": 1})
    assert ledger.accepted() == {}


@pytest.mark.parametrize("trouble", [503, httpx.ConnectError("nobody there")])
async def test_unavailability_is_tried_again(ledger: Ledger, trouble: int | Exception) -> None:
    answers = iter([trouble, trouble, 200])

    def answer(_: httpx.Request) -> httpx.Response:
        following = next(answers)
        if isinstance(following, Exception):
            raise following
        return httpx.Response(following)

    summary = await deliver([wrap({"id": "ch_1"}, "charge.failed")], answer, ledger)
    assert (summary.accepted.total(), summary.retried, summary.ok) == (1, 2, True)


async def test_lasting_unavailability_is_told_apart_from_a_refusal(ledger: Ledger) -> None:
    summary = await deliver([wrap({"id": "ch_1"}, "charge.failed")], lambda _: httpx.Response(503), ledger)
    assert (dict(summary.refused), dict(summary.unanswered)) == ({}, {"503 Service Unavailable": 1})
    assert not summary.ok
    assert "lakehouse pipeline up" in str(summary)
    assert ledger.accepted() == {}


async def test_the_events_of_one_payment_arrive_in_their_order(ledger: Ledger) -> None:
    arrived: defaultdict[str, list[str]] = defaultdict(list)

    def payment(event: StripeEvent) -> str:
        payload = event["data"]["object"]
        return str(payload.get("payment_intent", payload["id"]))

    def answer(request: httpx.Request) -> httpx.Response:
        event = json.loads(request.content)
        arrived[payment(event)].append(event["id"])
        return httpx.Response(200)

    events = list(simulate(events=300, seed=7))
    await deliver(events, answer, ledger)
    sent: defaultdict[str, list[str]] = defaultdict(list)
    for event in events:
        sent[payment(event)].append(event["id"])
    assert arrived == sent


def test_the_summary_is_one_line() -> None:
    summary = Summary(retried=2, seconds=1.23)
    summary.accepted["charge.failed"] += 3
    summary.refused["400 no"] += 1
    assert str(summary) == "accepted 3, refused 1, unanswered 0, retried 2 in 1.2 s: charge.failed 3; 400 no (1)"


def test_the_gateways_url_comes_from_gateway_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_URL", "http://127.0.0.1:18000")
    monkeypatch.setenv("SIMULATOR_CONCURRENCY", "3")
    settings = SimulatorSettings(stripe=Stripe(webhook_secret="whsec_unit"))
    assert (settings.gateway_url, settings.concurrency) == ("http://127.0.0.1:18000", 3)
