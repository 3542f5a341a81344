"""What lab 03 shows beside its checks, on the live servers: groups, kills, dead letters, and silence."""

from collections.abc import Callable

import pytest

from labkit import source
from labkit.errors import ServerDownError, WrongAnswerError
from labkit.lab import Lab
from labkit.labs.normalizer import LAB, groups, keys, killing, line, payments, poisoning
from labkit.labs.preflight import shop
from labkit.outcome import Fault, Outcome, Verdict
from labkit.progress import Progress, progress_file
from labkit.results import Results
from labkit.servers import own_topics
from services.normalizer import money

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("live_pipeline")]


def verdict(exercise: str, answer: Callable[..., object]) -> Verdict:
    lab = Lab(LAB, progress=Progress(progress_file()), results=Results([], None), show=lambda _: None)
    lab.exercise(exercise)(answer)
    return lab.check(exercise)


@pytest.fixture
def orders() -> None:
    keys.write(source.reference(LAB.name, "key"))


@pytest.mark.usefixtures("orders")
def test_a_group_shares_the_partitions_and_who_is_too_many_is_idle() -> None:
    assert sorted(len(row[1].split(", ")) for row in groups.share(2).table[1:]) == [1, 2]
    assert [row[1] for row in groups.share(4).table[1:]].count("none: idle") == 1


@pytest.mark.usefixtures("orders")
def test_the_board_shows_what_was_read_and_a_group_can_be_set_back() -> None:
    groups.forget()
    assert groups.board().table[-1] == ("in all", "", "", "32")

    assert len(groups.read(10).table) == 11
    assert groups.board().table[-1] == ("in all", "", "", "22")

    groups.commit({0: 0, 1: 0, 2: 0})
    assert groups.board().table[-1] == ("in all", "", "", "32")


def test_a_topic_that_is_renewed_is_empty() -> None:
    own_topics.renew({"lab03.test": 2})
    assert list(own_topics.ends(["lab03.test"]).values()) == [0, 0]


def test_killed_in_between_one_order_loses_and_the_other_doubles() -> None:
    assert list(killing.kill_both().table[1:]) == [
        ("commit first", "5", "0", "5", "0"),
        ("produce first", "5", "5", "0", "5"),
    ]


def test_four_of_the_seven_charges_come_out() -> None:
    shown = line.show(money.major_units, lambda text: text)
    assert [row[0] for row in shown.table[1:]] == ["✓", "✓", "✓", "✓", "✗", "✗", "✗"]


def test_what_the_normalizer_takes_is_not_delivered_as_poison() -> None:
    with pytest.raises(WrongAnswerError, match="the normalizer takes this"):
        poisoning.deliver(shop.order())


def test_another_secret_than_the_gateways_is_stale_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_of_another_clone")
    found = verdict("poison", source.reference(LAB.name, "poison"))

    assert (found.outcome, found.fault) == (Outcome.COULD_NOT_CHECK, Fault.STATE), found.message


@pytest.mark.parametrize("exercise", ["key", "relay", "major_units", "poison"])
def test_kafka_being_down_is_not_the_learners_fault(monkeypatch: pytest.MonkeyPatch, exercise: str) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9")
    found = verdict(exercise, source.reference(LAB.name, exercise))

    assert (found.outcome, found.fault) == (Outcome.COULD_NOT_CHECK, Fault.SERVER), found.message


def test_a_board_without_kafka_says_which_server_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9")
    with pytest.raises(ServerDownError, match="Kafka does not answer"):
        groups.board()


def test_the_events_of_a_payment_are_all_about_one_intent() -> None:
    assert {payments.intent_of(event) for event in payments.story(3)} == {"pi_lab3"}
