import itertools
from collections import Counter, defaultdict

from hypothesis import given
from hypothesis import strategies as st

from services.simulator.chance import dice
from services.simulator.delivery import GOOD, Delivery, delivery
from services.simulator.disturbance import LATER_BY, Rates, disturbed
from services.simulator.simulation import simulate

SIMULATED = [delivery(event) for event in simulate(events=3_000, seed=7, run_id="r", now=1_790_000_000)]
SHARE = st.floats(0, 1)


def sent(rates: Rates, seed: object = 1, count: int = 3_000) -> list[Delivery]:
    return list(disturbed(SIMULATED[:count], rates, dice("disturbance", seed)))


def original(delivery: Delivery) -> bool:
    return delivery.kind in (GOOD, "out of order")


@given(rates=st.builds(Rates, SHARE, SHARE, SHARE), seed=st.integers(), count=st.integers(0, 200))
def test_whatever_the_rates_every_good_event_is_sent_once_as_itself(rates: Rates, seed: int, count: int) -> None:
    found = sent(rates, seed, count)
    assert sorted(each.body for each in found if original(each)) == sorted(each.body for each in SIMULATED[:count])


@given(rates=st.builds(Rates, SHARE, SHARE, SHARE), seed=st.integers())
def test_the_same_seed_disturbs_in_the_same_way(rates: Rates, seed: int) -> None:
    assert sent(rates, seed, 100) == sent(rates, seed, 100)


def test_without_rates_nothing_is_disturbed() -> None:
    assert sent(Rates()) == SIMULATED


def test_copies_are_as_many_as_asked_for_and_come_at_once_or_later() -> None:
    found = sent(Rates(duplicates=0.2))
    kinds = Counter(each.kind for each in found)
    assert 0.15 < (len(found) - len(SIMULATED)) / len(SIMULATED) < 0.25
    assert kinds["duplicate, at once"] > 100
    assert kinds["duplicate, later"] > 100
    first_sent: dict[str, int] = {}
    for position, each in enumerate(found):
        if original(each):
            first_sent[each.event_id] = position
        elif each.kind == "duplicate, at once":
            assert position == first_sent[each.event_id] + 1
            assert each.lane not in {other.lane for other in SIMULATED}
        elif position < 2_500:  # the last ones come when nothing else does
            assert LATER_BY[0] <= position - first_sent[each.event_id] <= 2 * LATER_BY[1]


def test_an_event_out_of_order_comes_right_after_its_successor() -> None:
    found = sent(Rates(out_of_order=0.2))
    swapped = [each for each in found if each.kind == "out of order"]
    assert 0.05 < len(swapped) / len(found) < 0.25
    order = {each.event_id: number for number, each in enumerate(SIMULATED)}
    lanes = defaultdict(list)
    for each in found:
        lanes[each.lane].append(each)
    for lane in lanes.values():
        for before, after in itertools.pairwise(lane):
            if after.kind == "out of order":
                assert order[before.event_id] > order[after.event_id]


def test_corrupt_events_are_as_many_as_asked_for_and_of_every_sort() -> None:
    kinds = Counter(each.kind for each in sent(Rates(corrupt=0.2)) if each.kind != GOOD)
    assert 0.1 < kinds.total() / len(SIMULATED) < 0.25
    assert len(kinds) == 10
