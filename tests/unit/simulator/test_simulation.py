import itertools
import json
from collections import Counter, defaultdict

from services.contracts import topics
from services.gateway import event
from services.gateway.routing import topic_for
from services.simulator.events import StripeEvent
from services.simulator.simulation import simulate

NOW = 1_790_000_000


def run(run_id: str = "r", seed: int = 7, events: int = 2000) -> list[StripeEvent]:
    return list(simulate(events=events, seed=seed, run_id=run_id, now=NOW))


def test_the_same_run_gives_the_same_events() -> None:
    assert run() == run()


def test_another_run_of_the_same_seed_is_new_business_by_the_same_people() -> None:
    first, second = run("a"), run("b")
    for field in ("id", "data"):
        assert all(
            one[field] != other[field] for one, other in zip(first, second, strict=True) if one["type"][0] == "p"
        )
    assert not {each["id"] for each in first} & {each["id"] for each in second}
    customers = [{each["data"]["object"].get("customer") for each in events} for events in (first, second)]
    assert customers[0] == customers[1]


def test_without_a_run_id_every_run_is_new() -> None:
    ids = [each["id"] for _ in range(2) for each in simulate(events=50, seed=7)]
    assert len(set(ids)) == 100


def test_there_are_exactly_as_many_events_as_asked_for_and_none_in_the_future() -> None:
    for events in (0, 1, 7, 500):
        simulated = run(events=events)
        assert len(simulated) == events
        times = [each["created"] for each in simulated]
        assert times == sorted(times)
        assert all(time <= NOW for time in times)


def test_500_events_of_the_usual_seed_hold_every_kind() -> None:
    kinds = Counter(each["type"] for each in run(events=500))
    assert set(kinds) == {
        "payment_intent.created",
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "charge.failed",
        "charge.refunded",
        "charge.dispute.created",
        "refund.created",
        "radar.early_fraud_warning.created",
        "customer.created",
        "invoice.paid",
    }
    assert 0 < sum(topic_for(kind) == topics.UNROUTED for kind in kinds.elements()) < 50


def test_the_gateway_takes_every_event_and_keeps_those_of_a_payment_together() -> None:
    keys = defaultdict(set)
    for each in run():
        parsed = event.parse(json.dumps(each).encode())
        payload = each["data"]["object"]
        if payload["object"] not in ("customer", "invoice"):
            keys[payload.get("payment_intent", payload["id"])].add(parsed.payment_key)
    assert all(found == {payment} for payment, found in keys.items())


def test_what_follows_a_charge_agrees_with_it() -> None:
    charges = {}
    for each in run():
        payload = each["data"]["object"]
        if each["type"] == "charge.succeeded":
            charges[payload["id"]] = payload
        elif payload["object"] in ("refund", "dispute", "radar.early_fraud_warning"):
            charge = charges[payload["charge"]]
            assert payload["payment_intent"] == charge["payment_intent"]
            assert payload.get("currency", charge["currency"]) == charge["currency"]
            assert payload.get("amount", 0) <= charge["amount"]


def test_a_failed_payment_says_why_on_both_of_its_objects() -> None:
    for charge, intent in itertools.pairwise(run(events=500)):
        if charge["type"] == "charge.failed" and intent["type"] == "payment_intent.payment_failed":
            error = intent["data"]["object"]["last_payment_error"]
            if error["charge"] == charge["data"]["object"]["id"]:
                assert error["code"] == charge["data"]["object"]["failure_code"]


def test_three_decimal_amounts_are_multiples_of_ten_and_all_are_positive() -> None:
    for each in run():
        payload = each["data"]["object"]
        amount = payload.get("amount", 10)
        assert amount > 0
        assert payload.get("currency") != "kwd" or amount % 10 == 0
