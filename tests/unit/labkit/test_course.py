import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from labkit import course
from labkit.platform import Platform
from labkit.report import write_report
from labkit.run import Checks, LabResult, Source, judge
from labkit.spec import LabSpec

PASSED = LabResult("00_x", "solutions", "passed", seconds=1.5, peak_rss_mib=90.0, checks=Checks(passed=3))
FAILED = LabResult("00_x", "labs", "failed", reason="a <cell> broke")
SKIPPED = LabResult("00_x", "labs", "skipped", reason="needs more memory")


def test_the_exit_code_is_zero_only_if_nothing_failed() -> None:
    assert course.exit_code([PASSED, SKIPPED], strict=False) == 0
    assert course.exit_code([PASSED, FAILED], strict=False) == 1
    assert course.exit_code([], strict=False) == 1


def test_a_skipped_part_fails_when_strict() -> None:
    assert course.exit_code([PASSED, SKIPPED], strict=True) == 1


def test_a_solved_run_must_pass_every_check() -> None:
    assert judge("solutions", {"a": "passed", "b": "passed"}, {}) == (Checks(passed=2), "")
    checks, reason = judge("solutions", {"a": "passed", "b": "could_not_check"}, {"b": "Kafka is down"})
    assert checks == Checks(passed=1, failed=1)
    assert reason == "b is could not check, not passed (Kafka is down)"


def test_an_unsolved_run_must_not_pass_anything() -> None:
    assert judge("labs", {"a": "not_attempted"}, {}) == (Checks(not_attempted=1), "")
    assert judge("labs", {"a": "passed"}, {})[1] == "a is passed, not not attempted"


def test_an_exercise_that_was_never_checked_is_a_failure() -> None:
    assert judge("labs", {"a": None}, {}) == (Checks(failed=1), "a is never checked, not not attempted")


def test_a_lab_that_reports_no_exercises_has_not_run() -> None:
    assert judge("labs", {}, {})[1] == "the lab reported no exercises"


def test_the_report_has_the_agreed_shape_and_an_escaped_page(tmp_path: Path) -> None:
    write_report(tmp_path, "reference", [PASSED, FAILED])

    content = json.loads((tmp_path / "course.json").read_text())

    assert content["catalog"] == "reference"
    assert content["labs"][0] == {
        "lab": "00_x",
        "source": "solutions",
        "status": "passed",
        "reason": "",
        "seconds": 1.5,
        "peak_rss_mib": 90.0,
        "checks": {"passed": 3, "failed": 0, "not_attempted": 0},
    }
    page = (tmp_path / "course.html").read_text()
    assert "a &lt;cell&gt; broke" in page
    assert "reference" in page


@pytest.fixture
def one_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAKEHOUSE_STATE", str(tmp_path / "state"))
    for part in ("labs", "solutions"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "00_preflight.ipynb").touch()
        monkeypatch.setitem(course.FOLDERS, part, tmp_path / part)  # type: ignore[arg-type]
    return tmp_path


def test_a_platform_that_does_not_start_fails_every_lab_with_its_last_lines(one_lab: Path) -> None:
    broken = Platform([sys.executable, "-c", "print('port 9092 is taken'); raise SystemExit(3)"], say=len)

    assert course.main(broken) == 1

    [first, second] = json.loads((one_lab / "state" / "reports" / "course.json").read_text())["labs"]
    assert (first["status"], second["status"]) == ("failed", "failed")
    assert "port 9092 is taken" in first["reason"]


def test_each_part_starts_on_fresh_data_and_unsolved_comes_first(one_lab: Path) -> None:
    said: list[str] = []
    ran: list[tuple[str, str]] = []

    def run(notebook: Path, part: Source, _reports: Path) -> LabResult:
        said.append("run")
        ran.append((part, notebook.stem))
        return LabResult(notebook.stem, part, "passed")

    echo = Platform([sys.executable, "-c", "import sys; print(*sys.argv[1:])"], say=said.append)

    assert course.main(echo, run) == 0
    assert ran == [("labs", "00_preflight"), ("solutions", "00_preflight")]
    assert said == ["reset --yes", "up", "pipeline up", "run"] * 2
    assert one_lab.exists()


def test_a_lab_that_the_machine_lacks_something_for_is_skipped_with_the_reason() -> None:
    spec = LabSpec("00_x", "Made up", 30, 1, (), (), lacks=lambda: "no control plane is built here")

    assert course.cannot_run(spec) == "no control plane is built here"
    assert course.cannot_run(replace(spec, lacks=str)) == ""
