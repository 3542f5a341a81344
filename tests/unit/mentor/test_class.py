"""Who of a class is where, by their logs."""

from pathlib import Path

import pytest

from labkit.errors import LabError
from labkit.mentor import exercises, learners, logs, mistakes
from labkit.mentor.learners import Learner, Mark
from labkit.progress import Kind

from .class_of import LAB, NINE, event, right, write, wrong


def learner(folder: Path, name: str) -> Learner:
    return next(learners.of(log) for log in logs.of_class(folder) if log.learner == name)


def test_a_log_is_named_after_its_file_or_its_folder(tmp_path: Path) -> None:
    write(tmp_path / "anna.jsonl", event(0, Kind.STARTED))
    write(tmp_path / "bela" / "progress.jsonl", event(0, Kind.STARTED))
    write(tmp_path / "clone of cem" / ".lakehouse" / "progress.jsonl", event(0, Kind.STARTED))

    assert sorted(log.learner for log in logs.of_class(tmp_path)) == ["anna", "bela", "clone of cem"]


def test_a_folder_without_logs_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()

    with pytest.raises(LabError, match=r"(?s)holds no learner's log.*progress.jsonl"):
        logs.of_class(tmp_path)


def test_lines_that_are_torn_or_of_another_version_do_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path / "anna.jsonl", event(0, Kind.STARTED), *right(3, "key"))
    with (tmp_path / "anna.jsonl").open("a") as file:
        file.write(
            '{"at":"","lab":"x","event":"hint"}\n{"at":"2026-03-02T09:00:00","lab":"x","event":"hint"}\n{"at":"20'
        )

    assert [one.mark for one in learner(tmp_path, "anna").labs[LAB]][:2] == [Mark.ALONE, Mark.OPEN]


def test_a_learner_is_at_the_exercise_of_the_last_event(tmp_path: Path) -> None:
    write(
        tmp_path / "anna.jsonl",
        event(0, Kind.STARTED),
        *right(5, "key"),
        *wrong(9, "relay", "it lost 3 records"),
        event(11, Kind.HINT, "relay"),
    )

    found = learner(tmp_path, "anna")

    assert found.here is not None
    assert (found.here.exercise, found.here.tries, found.here.hints, found.here.active_s) == ("relay", 1, 1, 360)
    assert not found.stuck


def test_after_a_pass_a_learner_is_at_the_next_exercise_that_is_open(tmp_path: Path) -> None:
    write(tmp_path / "anna.jsonl", event(0, Kind.STARTED), *right(1, "relay"), *right(5, "key"))

    here = learner(tmp_path, "anna").here

    assert here is not None
    assert here.exercise == "major_units"


def test_a_lab_is_done_when_every_exercise_is_passed(tmp_path: Path) -> None:
    every = ("key", "relay", "major_units", "clean", "poison")
    write(tmp_path / "anna.jsonl", *(one for minute, name in enumerate(every) for one in right(minute, name)))

    assert learner(tmp_path, "anna").done
    assert learner(tmp_path, "anna").here is None


def test_a_pause_is_nobodys_time_at_work(tmp_path: Path) -> None:
    write(tmp_path / "anna.jsonl", event(0, Kind.STARTED), *right(10, "key"), event(300, Kind.HINT, "relay"))

    found = learner(tmp_path, "anna")

    assert found.hours() * 60 == 10


@pytest.mark.parametrize(("minutes", "tries", "stuck"), [(10, 3, False), (14, 3, False), (16, 1, True), (2, 4, True)])
def test_who_is_long_or_often_wrong_at_one_exercise_is_marked(
    tmp_path: Path,
    minutes: float,
    tries: int,
    stuck: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    step = minutes / tries
    attempts = [wrong((number + 1) * step / 2, "key", "no") for number in range(tries)]
    last = event(minutes, Kind.HINT, "key")
    write(tmp_path / "anna.jsonl", event(0, Kind.STARTED), *(one for pair in attempts for one in pair), last)

    assert learner(tmp_path, "anna").stuck is stuck


def test_how_an_exercise_was_passed_is_told_by_the_help_that_was_taken(tmp_path: Path) -> None:
    write(
        tmp_path / "anna.jsonl",
        *right(1, "key"),
        event(2, Kind.HINT, "relay"),
        *right(3, "relay"),
        event(4, Kind.SOLUTION, "major_units"),
        *right(5, "major_units"),
        *wrong(6, "clean", "no"),
    )

    marks = {one.exercise: one.mark for one in learner(tmp_path, "anna").labs[LAB]}

    assert marks == {
        "key": Mark.ALONE,
        "relay": Mark.HINTS,
        "major_units": Mark.SOLUTION,
        "clean": Mark.TRYING,
        "poison": Mark.OPEN,
    }


def test_wrong_answers_are_alike_but_for_ids_and_numbers(tmp_path: Path) -> None:
    write(tmp_path / "anna.jsonl", *wrong(1, "key", "payment pi_3MtwBwLkdIwHu7ix lies in 3 partitions"))
    write(tmp_path / "bela.jsonl", *wrong(1, "key", "payment pi_1AbCdEfGhIjKlMnO lies in 2 partitions"))
    write(tmp_path / "cem.jsonl", *wrong(1, "key", "`key` returned None"), *wrong(2, "key", "`key` returned None"))

    first, second = mistakes.common(logs.of_class(tmp_path))

    assert (first.learners, first.times) == (2, 2)
    assert "lies in 3 partitions" in first.message
    assert (second.learners, second.times, second.message) == (1, 2, "`key` returned None")


def test_how_hard_an_exercise_was_is_told_by_those_who_touched_it(tmp_path: Path) -> None:
    write(tmp_path / "anna.jsonl", event(0, Kind.STARTED), *right(4, "key"))
    write(tmp_path / "bela.jsonl", event(0, Kind.STARTED), *wrong(4, "key", "no"), *right(8, "key"))
    write(tmp_path / "cem.jsonl", event(0, Kind.STARTED), *right(3, "relay"))

    [key, relay] = exercises.difficulties([learners.of(log) for log in logs.of_class(tmp_path)])

    assert (key.exercise, key.touched, key.passed, key.minutes, key.tries) == ("key", 2, 2, 6, 1.5)
    assert relay.touched == 1
    assert learner(tmp_path, "cem").last > NINE
