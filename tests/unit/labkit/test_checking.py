from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labkit.attempt import Attempt
from labkit.checking import Checker
from labkit.outcome import Fault, Outcome
from labkit.spec import Exercise, LabSpec, Passed
from stack.paths import log_file

if TYPE_CHECKING:
    from .conftest import Bench

EXERCISE = Exercise("double", "", ("a",), lambda attempt: Passed(str(attempt(1))))


def test_a_name_of_a_cell_that_was_not_run_is_a_cell_out_of_order(bench: "Bench", lab_source: Path) -> None:
    lab_source.write_text(lab_source.read_text() + "\n# %%\nfactor = 2\n")

    def double(number: int) -> int:
        return number * factor  # type: ignore[name-defined] # noqa: F821 - that is the test

    verdict = Checker(bench.spec, {}).verdict(EXERCISE, lambda: Attempt("double", double))

    assert (verdict.outcome, verdict.fault) == (Outcome.COULD_NOT_CHECK, Fault.ORDER)
    assert "the cell that makes `factor` has not been run" in verdict.message


def test_a_name_that_no_cell_makes_is_the_learners_slip(bench: "Bench") -> None:
    def double(number: int) -> int:
        return number * faktor  # type: ignore[name-defined] # noqa: F821 - that is the test

    assert Checker(bench.spec, {}).verdict(EXERCISE, lambda: Attempt("double", double)).fault is Fault.CODE


@pytest.mark.usefixtures("bench")
def test_a_check_that_breaks_since_a_server_is_down_shows_the_end_of_that_servers_log() -> None:
    log_file("kafka").parent.mkdir(parents=True)
    said = '{"event":"shutting down","level":"info","timestamp":"2026-03-02T10:11:12Z","service":"x","why":"asked"}'
    log_file("kafka").write_text(f"[1] started\n{said}\n")
    spec = LabSpec("00_made_up", "", 1, 1, ("kafka",), (EXERCISE,))

    def broken(_attempt: Attempt) -> Passed:
        raise ConnectionRefusedError

    verdict = Checker(spec, {}).verdict(Exercise("double", "", ("a",), broken), lambda: Attempt("double", abs))

    assert (verdict.outcome, verdict.fault) == (Outcome.COULD_NOT_CHECK, Fault.SERVER)
    assert "these are down: kafka" in verdict.message
    assert verdict.log == "kafka, last lines of its log:\n  [1] started\n  10:11:12 info shutting down why=asked"
    assert verdict.panel().title == "double: ? platform problem"
