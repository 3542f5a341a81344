from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.journey.census import Census, Ids, Payments, Quarantine
from stack.journey.comparing import compare, settled

ids = st.frozensets(st.text("abcdefgh", min_size=1, max_size=2))


def payments(event_ids: frozenset[str], history: frozenset[str] = frozenset()) -> Payments:
    return Payments(Ids.of(event_ids | history), {"usd": 100 * len(event_ids | history)}, history)


def quarantine(event_ids: frozenset[str], unnamed: frozenset[str] = frozenset()) -> Quarantine:
    return Quarantine.of([*((f"q:{key}", key) for key in event_ids), *((key, None) for key in unnamed)])


def whole(
    stored: frozenset[str],
    unrouted: frozenset[str] = frozenset(),
    refused: frozenset[str] = frozenset(),
    history: frozenset[str] = frozenset(),
    unnamed: frozenset[str] = frozenset(),
) -> Census:
    """A platform on which nothing is lost."""
    return Census(
        accepted=Ids(stored | unrouted | refused),
        unrouted=Ids(unrouted),
        bronze=payments(stored, history - stored),
        bronze_quarantine=quarantine(refused, unnamed),
        iceberg=replace(payments(stored | history)),
        iceberg_quarantine=quarantine(refused, unnamed),
        facts=payments(stored | history),
    )


@given(ids, ids, ids, ids, ids)
def test_a_platform_that_lost_nothing_has_no_difference(
    stored: frozenset[str],
    unrouted: frozenset[str],
    refused: frozenset[str],
    history: frozenset[str],
    unnamed: frozenset[str],
) -> None:
    result = compare(whole(stored, unrouted, refused, history, unnamed))
    assert result.equal
    assert result.exit_code == 0
    assert len(result.comparisons) == 7


@given(ids.filter(bool), st.data())
def test_an_event_lost_at_any_stage_is_named(stored: frozenset[str], data: st.DataObject) -> None:
    lost = data.draw(st.sampled_from(sorted(stored)))
    stage = data.draw(st.sampled_from(["accepted", "bronze", "iceberg", "facts"]))
    census = whole(stored)
    left = Ids(stored - {lost}) if stage == "accepted" else payments(stored - {lost})
    result = compare(replace(census, **{stage: left}))
    assert result.exit_code == 1
    assert lost in {key for item in result.comparisons for key in (*item.only_left, *item.only_right)}


def test_an_accepted_event_that_is_nowhere_is_only_on_the_left() -> None:
    census = replace(whole(frozenset({"a"})), accepted=Ids(frozenset({"a", "b"})))
    live = compare(census).comparisons[0]
    assert (live.left, live.only_left, live.only_right) == ("accepted", ("b",), ())


def test_an_event_that_nobody_was_answered_200_for_is_only_on_the_right() -> None:
    census = replace(whole(frozenset({"a", "b"})), accepted=Ids(frozenset({"a"})))
    assert compare(census).comparisons[0].only_right == ("b",)


def test_the_bulk_history_counts_from_bronze_on() -> None:
    census = whole(frozenset({"a"}), history=frozenset({"h"}))
    assert compare(census).equal
    lost = replace(census, iceberg=payments(frozenset({"a"})))
    assert [item.only_left for item in compare(lost).comparisons if item.right == "Iceberg payment_events"] == [("h",)]


def test_quarantined_rows_without_an_event_id_are_compared_by_their_quarantine_id() -> None:
    census = replace(whole(frozenset(), unnamed=frozenset({"t:0:1"})), iceberg_quarantine=quarantine(frozenset()))
    different = [item for item in compare(census).comparisons if not item.equal]
    assert [(item.left, item.only_left) for item in different] == [("bronze quarantine without event id", ("t:0:1",))]


def test_amounts_that_disagree_are_a_difference_though_every_id_is_there() -> None:
    census = whole(frozenset({"a"}))
    assert census.bronze is not None
    result = compare(replace(census, facts=replace(census.bronze, sums={"usd": 99})))
    assert [(item.only_left, item.only_right) for item in result.comparisons if not item.equal] == [
        (("usd 100",), ("usd 99",))
    ]


@pytest.mark.parametrize("stage", ["iceberg", "facts"])
def test_a_payment_held_twice_is_a_difference_though_the_sets_are_equal(stage: str) -> None:
    census = whole(frozenset({"a", "b"}))
    twice = Payments(Ids.of(["a", "b", "b"]), {"usd": 200})
    result = compare(replace(census, **{stage: twice}))
    assert all(item.equal for item in result.comparisons)
    assert [item.ids for item in result.repetitions] == [("b",)]
    assert result.exit_code == 1


def test_an_event_quarantined_twice_is_no_fault() -> None:
    twice = Quarantine.of([("t:0:1", "a"), ("t:0:2", "a")])
    census = replace(whole(frozenset(), refused=frozenset({"a"})), bronze_quarantine=twice, iceberg_quarantine=twice)
    assert compare(census).exit_code == 0


def test_a_stage_that_could_not_be_asked_is_no_difference_but_makes_the_answer_incomplete() -> None:
    census = replace(whole(frozenset({"a"})), facts=None, unavailable={"facts": "Trino is down"})
    result = compare(census)
    assert result.equal
    assert result.exit_code == 2
    assert not any("fct_payments" in item.right for item in result.comparisons)


def test_an_empty_stage_is_not_one_that_could_not_be_asked() -> None:
    result = compare(replace(whole(frozenset({"a"})), facts=Payments(Ids.of(()), {})))
    assert result.exit_code == 1


def test_the_live_part_is_settled_once_all_that_was_accepted_is_kept() -> None:
    census = whole(frozenset({"a"}))
    assert settled(census)
    assert not settled(replace(census, accepted=Ids(frozenset({"a", "b"}))))
    assert not settled(replace(census, bronze=None))
