import itertools
from collections import Counter

from services.contracts import topics
from services.gateway.routing import topic_for
from services.simulator.events import StripeEvent
from services.simulator.simulation import simulate
from services.simulator.story import Step
from services.simulator.stripe_objects import stripe_event

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


def test_500_events_of_the_usual_seed_hold_every_kind_that_comes_within_a_month() -> None:
    kinds = Counter(each["type"] for each in run(events=500))
    assert set(kinds) >= {
        "payment_intent.created",
        "payment_intent.processing",
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.canceled",
        "charge.succeeded",
        "charge.failed",
        "charge.refunded",
        "charge.dispute.created",
        "refund.created",
        "radar.early_fraud_warning.created",
        "customer.created",
        "invoice.paid",
    }
    assert 0 < sum(topic_for(kind) == topics.UNROUTED for kind in kinds.elements()) < 60


def test_a_dispute_is_closed_as_won_or_lost_after_it_was_opened(steps: list[Step]) -> None:
    disputes = [stripe_event(step) for step in steps if step.dispute]
    opened = {event["data"]["object"]["id"]: event for event in disputes if event["type"].endswith("created")}
    closed = [event for event in disputes if event["type"].endswith("closed")]
    assert {event["data"]["object"]["status"] for event in closed} == {"won", "lost"}
    for event in closed:
        before = opened[event["data"]["object"]["id"]]
        assert before["created"] < event["created"]
        assert before["data"]["object"]["status"] == "needs_response"


def test_refunds_are_full_and_partial() -> None:
    charges = [each["data"]["object"] for each in run(events=6_000) if each["type"] == "charge.refunded"]
    assert {charge["refunded"] for charge in charges} == {True, False}
    for charge in charges:
        assert charge["refunded"] == (charge["amount_refunded"] == charge["amount"])


def test_a_drift_changes_what_happens_after_its_day_only() -> None:
    def happened(drift_day: str | None) -> list[tuple[int, str]]:
        events = simulate(events=3_000, seed=7, run_id="r", now=NOW, drift_day=drift_day)
        return [(each["created"], each["type"]) for each in events]

    day_20 = NOW - 11 * 86_400
    without, with_drift = happened(None), happened("20")
    assert without != with_drift
    assert [each for each in without if each[0] < day_20] == [each for each in with_drift if each[0] < day_20]


def test_what_follows_a_charge_agrees_with_it() -> None:
    charges = {}
    for each in run():
        payload = each["data"]["object"]
        if each["type"] == "charge.succeeded":
            charges[payload["id"]] = payload
        elif payload["object"] in ("refund", "dispute", "radar.early_fraud_warning"):
            named = payload["charge"]
            charge = charges[named if isinstance(named, str) else named["id"]]
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
