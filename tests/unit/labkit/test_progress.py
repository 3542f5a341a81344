from pathlib import Path

import pytest

from labkit.outcome import Outcome
from labkit.progress import Progress, progress_file


def test_progress_survives_a_restart(tmp_path: Path) -> None:
    Progress(tmp_path / "progress.json").record("00_x", "sign", Outcome.PASSED)

    reopened = Progress(tmp_path / "progress.json")

    assert reopened.of("00_x")["sign"]["outcome"] == "passed"


def test_what_was_passed_stays_passed_when_a_restarted_notebook_checks_the_stub(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.json")
    progress.record("00_x", "sign", Outcome.PASSED)
    progress.record("00_x", "sign", Outcome.NOT_ATTEMPTED)

    assert progress.of("00_x")["sign"]["outcome"] == "passed"


def test_a_failure_can_become_a_pass(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.json")
    progress.record("00_x", "sign", Outcome.FAILED)
    progress.record("00_x", "sign", Outcome.PASSED)

    assert progress.of("00_x")["sign"]["outcome"] == "passed"


def test_hints_climb_the_ladder_across_restarts_and_stay_on_the_last_rung(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"

    assert [Progress(path).next_hint("00_x", "sign", 3) for _ in range(5)] == [0, 1, 2, 2, 2]


def test_forgetting_one_exercise_leaves_the_others(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.json")
    progress.record("00_x", "sign", Outcome.PASSED)
    progress.record("00_x", "tamper", Outcome.PASSED)
    progress.forget("00_x", "sign")

    assert list(progress.of("00_x")) == ["tamper"]


def test_a_corrupt_file_is_set_aside_and_the_lab_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    for content in ("{half a fi", "[]", '{"00_x": {"sign": 7}}'):
        path.write_text(content)

        assert Progress(path).of("00_x") == {}
        assert path.with_name("progress.json.corrupt").read_text() == content
        Progress(path).record("00_x", "sign", Outcome.PASSED)
        assert Progress(path).of("00_x")["sign"]["outcome"] == "passed"


def test_a_headless_run_has_a_progress_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABKIT_PROGRESS", str(tmp_path / "headless.json"))

    assert progress_file() == tmp_path / "headless.json"
