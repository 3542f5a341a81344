import json
from typing import TYPE_CHECKING

import pytest

import labkit
from labkit.errors import LabError, ServerDownError
from labkit.outcome import Fault, Outcome
from labkit.panel import Panel
from labkit.spec import Exercise, LabSpec, Passed

if TYPE_CHECKING:
    from .conftest import Bench


def stub(_number: int) -> int:
    return labkit.todo()


def test_a_stub_is_not_attempted(bench: "Bench") -> None:
    lab = bench.lab()
    lab.exercise("double")(stub)

    assert lab.check("double").outcome is Outcome.NOT_ATTEMPTED


def test_a_right_answer_passes(bench: "Bench") -> None:
    lab = bench.lab()
    lab.exercise("double")(lambda number: number + number)

    assert lab.check("double").outcome is Outcome.PASSED


def test_a_wrong_answer_fails_and_says_what_was_expected_and_what_to_try(bench: "Bench") -> None:
    lab = bench.lab()
    lab.exercise("double")(lambda number: number + 2)

    verdict = lab.check("double")

    assert (verdict.outcome, verdict.fault) == (Outcome.FAILED, Fault.CODE)
    assert "21 doubled is 42" in verdict.panel().text()
    assert "Try: multiply" in verdict.panel().text()


def test_an_exception_in_the_answer_is_the_learners_and_hides_what_was_passed_in(bench: "Bench") -> None:
    def leaks(secret: str) -> None:
        raise ValueError(f"cannot use {secret}")

    spec = bench.spec.exercises[0]
    asks = Exercise(spec.name, spec.title, spec.hints, lambda attempt: attempt("whsec_123"))
    bench.spec = LabSpec("00_made_up", "", 1, 1, (), (asks,))
    lab = bench.lab()
    lab.exercise("double")(leaks)

    verdict = lab.check("double")

    assert (verdict.outcome, verdict.fault) == (Outcome.FAILED, Fault.CODE)
    assert verdict.message == "`double` raised ValueError: cannot use …"


@pytest.mark.parametrize(
    ("error", "fault"), [(ServerDownError("Kafka does not answer"), Fault.SERVER), (KeyError("bug"), Fault.LAB)]
)
def test_a_check_that_cannot_be_made_is_not_held_against_the_learner(
    bench: "Bench", error: Exception, fault: Fault
) -> None:
    def broken(_attempt: object) -> Passed:
        raise error

    bench.spec = LabSpec("00_made_up", "", 1, 1, (), (Exercise("double", "", ("a",), broken),))
    lab = bench.lab()
    lab.exercise("double")(abs)

    verdict = lab.check("double")

    assert (verdict.outcome, verdict.fault) == (Outcome.COULD_NOT_CHECK, fault)


def test_a_check_before_the_platform_was_ever_started_is_a_cell_out_of_order(bench: "Bench") -> None:
    def needs_settings(_attempt: object) -> Passed:
        raise KeyError("webhook_secret")

    (bench.folder / "platform.env").unlink()
    bench.spec = LabSpec("00_made_up", "", 1, 1, (), (Exercise("double", "", ("a",), needs_settings),))
    lab = bench.lab()
    lab.exercise("double")(abs)

    assert lab.check("double").fault is Fault.ORDER


def test_checking_before_the_exercise_was_defined_is_a_cell_out_of_order(bench: "Bench") -> None:
    verdict = bench.lab().check("double")

    assert (verdict.outcome, verdict.fault) == (Outcome.COULD_NOT_CHECK, Fault.ORDER)


def test_a_newer_function_without_the_decorator_is_not_ignored(bench: "Bench") -> None:
    names: dict[str, object] = {}
    lab = bench.lab(names)
    names["double"] = lab.exercise("double")(lambda number: number * 2)
    assert lab.check("double").outcome is Outcome.PASSED

    names["double"] = stub
    verdict = lab.check("double")

    assert (verdict.outcome, verdict.fault) == (Outcome.COULD_NOT_CHECK, Fault.ORDER)
    assert verdict.message == 'your newest `double` lacks `@lab.exercise("double")`'


def test_an_error_outside_of_a_check_carries_its_remedy() -> None:
    assert str(ServerDownError("Kafka does not answer", try_next="start it")) == "Kafka does not answer\n→ start it"
    assert str(ServerDownError("Kafka does not answer")) == "Kafka does not answer"


def test_an_unwritten_exercise_continues_on_the_reference_and_says_so_once(bench: "Bench") -> None:
    lab = bench.lab()
    double = lab.exercise("double")(stub)

    assert [double(4), double(5)] == [8, 10]
    [panel] = bench.shown
    assert isinstance(panel, Panel)
    assert "reference" in panel.title


def test_hints_grow_stronger_and_the_solution_is_the_reference(bench: "Bench") -> None:
    lab = bench.lab()

    assert [lab.hint("double").lines[0] for _ in range(4)] == ["think", "think of 2", "2 * number", "2 * number"]
    assert "lab.solution('double')" in lab.hint("double").lines[-1]
    assert "twice = 2 * number" in lab.solution("double").code
    assert "SOLUTION" not in lab.solution("double").code


def test_reset_forgets_the_answer_and_gives_the_stub_back(bench: "Bench") -> None:
    lab = bench.lab()
    lab.exercise("double")(lambda number: number * 2)
    lab.check("double")

    assert "labkit.todo()" in lab.reset("double").code
    assert lab.progress().title == "00_made_up: 0 of 1 exercises passed"


def test_progress_is_there_after_the_kernel_was_killed(bench: "Bench") -> None:
    lab = bench.lab()
    lab.exercise("double")(lambda number: number * 2)
    lab.check("double")

    assert bench.lab().progress().title == "00_made_up: 1 of 1 exercises passed"


def test_an_exercise_that_does_not_exist_is_named_with_those_that_do(bench: "Bench") -> None:
    with pytest.raises(LabError, match=r"no exercise 'triple'; it has double"):
        bench.lab().check("triple")


def test_a_headless_run_writes_every_outcome_even_of_what_was_never_checked(bench: "Bench") -> None:
    lab = bench.lab()
    results = bench.folder / "results.json"
    assert json.loads(results.read_text())["checks"] == {"double": None}

    lab.exercise("double")(stub)
    lab.check("double")

    assert json.loads(results.read_text())["checks"] == {"double": "not_attempted"}
