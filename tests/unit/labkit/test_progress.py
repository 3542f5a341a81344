import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from labkit.outcome import Outcome
from labkit.progress import Entry, Kind, Progress, progress_file


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "progress.jsonl"


def outcome(path: Path, exercise: str = "sign") -> Outcome:
    return Progress(path).of("00_x").get(exercise, Entry()).outcome


def test_progress_survives_a_restart(log: Path) -> None:
    Progress(log).record("00_x", Kind.OUTCOME, "sign", Outcome.PASSED)

    assert outcome(log) is Outcome.PASSED


def test_what_was_passed_stays_passed_when_a_restarted_notebook_checks_the_stub(log: Path) -> None:
    progress = Progress(log)
    progress.record("00_x", Kind.OUTCOME, "sign", Outcome.PASSED)
    progress.record("00_x", Kind.OUTCOME, "sign", Outcome.NOT_ATTEMPTED)

    assert outcome(log) is Outcome.PASSED


def test_a_failure_can_become_a_pass(log: Path) -> None:
    progress = Progress(log)
    progress.record("00_x", Kind.OUTCOME, "sign", Outcome.FAILED)
    progress.record("00_x", Kind.OUTCOME, "sign", Outcome.PASSED)

    assert outcome(log) is Outcome.PASSED


def test_hints_climb_the_ladder_across_restarts_and_stay_on_the_last_rung(log: Path) -> None:
    assert [Progress(log).next_hint("00_x", "sign", 3) for _ in range(5)] == [0, 1, 2, 2, 2]


def test_a_reset_forgets_one_exercise_and_leaves_the_others(log: Path) -> None:
    progress = Progress(log)
    for exercise in ("sign", "tamper"):
        progress.record("00_x", Kind.OUTCOME, exercise, Outcome.PASSED)
    progress.record("00_x", Kind.RESET, "sign")

    assert list(progress.of("00_x")) == ["tamper"]


def test_tries_and_a_solution_that_was_seen_are_remembered_and_a_start_is_no_exercise(log: Path) -> None:
    progress = Progress(log)
    progress.record("00_x", Kind.STARTED)
    for _ in range(2):
        progress.record("00_x", Kind.ATTEMPTED, "sign")
    progress.record("00_x", Kind.SOLUTION, "sign")

    assert progress.of("00_x") == {"sign": Entry(tries=2, solution_seen=True)}


def test_the_log_only_grows_by_one_json_line_per_event(log: Path) -> None:
    progress = Progress(log)
    progress.record("00_x", Kind.STARTED)
    before = log.read_bytes()
    progress.record("00_x", Kind.OUTCOME, "sign", Outcome.PASSED)

    assert log.read_bytes().startswith(before)
    first, second = (json.loads(line) for line in log.read_text().splitlines())
    assert (first["event"], first["lab"]) == ("started", "00_x")
    assert (second["event"], second["exercise"], second["outcome"]) == ("outcome", "sign", "passed")


@pytest.mark.parametrize("torn", [b'{"at": "2026', b"\xff\xfe", b"[]", b'{"at": "", "lab": "00_x", "event": "danced"}'])
def test_a_line_that_was_torn_by_a_crash_costs_itself_and_nothing_else(log: Path, torn: bytes) -> None:
    Progress(log).record("00_x", Kind.OUTCOME, "sign", Outcome.PASSED)
    log.write_bytes(log.read_bytes() + torn)

    assert outcome(log) is Outcome.PASSED
    Progress(log).record("00_x", Kind.OUTCOME, "tamper", Outcome.PASSED)
    assert outcome(log, "tamper") is Outcome.PASSED


def test_several_kernels_lose_no_event(log: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: Progress(log).next_hint("00_x", "sign", 3), range(40)))

    assert Progress(log).of("00_x")["sign"].hints == 40


def test_the_file_of_the_first_version_is_taken_over_once(log: Path) -> None:
    old = log.with_name("progress.json")
    old.write_text(
        json.dumps({"00_x": {"sign": {"outcome": "passed", "hints": 2, "checked_at": "2026-01-01T00:00:00+00:00"}}})
    )

    assert Progress(log).of("00_x") == {"sign": Entry(outcome=Outcome.PASSED, hints=2)}
    assert not old.exists()
    Progress(log).record("00_x", Kind.RESET, "sign")
    assert Progress(log).of("00_x") == {}


def test_a_corrupt_file_of_the_first_version_does_not_stop_the_lab(log: Path) -> None:
    log.with_name("progress.json").write_text("{half a fi")

    assert Progress(log).of("00_x") == {}


def test_a_headless_run_has_a_progress_log_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABKIT_PROGRESS", str(tmp_path / "headless.jsonl"))

    assert progress_file() == tmp_path / "headless.jsonl"
