from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contracts import topics
from stack.dead_letters.choosing import Named, Newest, Oldest
from stack.dead_letters.dead_letter import DeadLetter, Position

Make = Callable[..., DeadLetter]


def see(choice: Newest | Named | Oldest, letters: list[DeadLetter]) -> list[tuple[int, int]]:
    for letter in letters:
        choice.see(letter)
    return [(letter.id.offset, letter.at.offset) for letter in choice.chosen()]


def test_newest_groups_attempts_and_shows_the_last_failure_first(letter: Make) -> None:
    attempts = [letter(1, at=0), letter(2, at=1), letter(1, at=2)]
    assert see(Newest(10), attempts) == [(1, 2), (2, 1)]


def test_newest_keeps_each_topics_own(letter: Make) -> None:
    gateways = [letter(number, at=number, topic=topics.WEBHOOK_DLQ, dlq=topics.WEBHOOK_DLQ) for number in (7, 8)]
    assert see(Newest(1), [*gateways, letter(1, at=0), letter(2, at=1)]) == [(2, 1), (8, 8)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 9), max_size=60), st.integers(1, 12))
def test_newest_is_exact_though_it_only_ever_holds_the_limit(letter: Make, numbers: list[int], limit: int) -> None:
    last = {number: at for at, number in enumerate(numbers)}
    expected = sorted(last.items(), key=lambda pair: -pair[1])[:limit]
    assert see(Newest(limit), [letter(number, at=at) for at, number in enumerate(numbers)]) == expected


def test_named_finds_the_newest_attempt_and_says_what_is_not_there(letter: Make) -> None:
    named = Named([Position(topics.CHARGE, 0, 2), Position(topics.CHARGE, 0, 9)])
    assert see(named, [letter(1, at=0), letter(2, at=1), letter(2, at=2)]) == [(2, 2)]
    assert list(named.missing()) == [Position(topics.CHARGE, 0, 9)]


def test_oldest_takes_each_once_up_to_the_cap_and_says_that_there_are_more(letter: Make) -> None:
    choice = Oldest(2, None)
    assert see(choice, [letter(1, at=0), letter(2, at=1), letter(3, at=2)]) == [(1, 0), (2, 1)]
    assert choice.more
    exact = Oldest(3, None)
    assert see(exact, [letter(1, at=0), letter(2, at=1), letter(1, at=2), letter(3, at=3)]) == [(2, 1), (1, 2), (3, 3)]
    assert not exact.more


def test_oldest_goes_by_the_error_class_of_the_newest_attempt(letter: Make) -> None:
    attempts = [
        letter(1, at=0, error_class="KeyError"),
        letter(2, at=1, error_class="KeyError"),
        letter(3, at=2),
        letter(1, at=3),
        letter(3, at=4, error_class="KeyError"),
    ]
    assert see(Oldest(10, "KeyError"), attempts) == [(2, 1), (3, 4)]


def test_oldest_leaves_out_what_cannot_be_replayed_and_does_not_count_it_against_the_cap(letter: Make) -> None:
    gateways = [letter(number, at=number, topic=topics.WEBHOOK_DLQ, dlq=topics.WEBHOOK_DLQ) for number in range(5)]
    choice = Oldest(1, None)
    assert see(choice, [*gateways, letter(1, at=7)]) == [(1, 7)]
    assert (choice.refused, choice.more) == (5, False)
