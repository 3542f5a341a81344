"""What holds for every lab, whatever it teaches. No server is asked."""

import re

import pytest

from labkit import build, notebooks, source, todo
from labkit.errors import NotAttemptedError
from labkit.spec import load
from services.contracts.settings import Stripe, platform_env_file

LADDER = 3


def test_the_notebooks_are_in_step_with_their_source() -> None:
    assert build.main(["--check"]) == 0


def test_each_lab_has_at_least_two_exercises_and_each_of_them_a_ladder_of_hints(lab_name: str) -> None:
    exercises = load(lab_name).exercises

    assert len(exercises) >= 2
    for exercise in exercises:
        assert len(set(exercise.hints)) >= LADDER, exercise.name


def test_the_source_defines_exactly_the_exercises_that_are_specified(lab_name: str) -> None:
    defined = source.exercises(source.path_of(lab_name))

    assert sorted(defined) == sorted(exercise.name for exercise in load(lab_name).exercises)


def test_each_exercise_is_checked_in_the_notebook(lab_name: str) -> None:
    text = source.path_of(lab_name).read_text()

    for exercise in load(lab_name).exercises:
        assert f'lab.check("{exercise.name}")' in text


def test_each_stub_is_not_attempted_and_each_reference_runs_alone(lab_name: str) -> None:
    for exercise in load(lab_name).exercises:
        stub = source.stub(lab_name, exercise.name)
        assert "labkit.todo()" in stub
        assert source.solution(lab_name, exercise.name) != stub
        assert callable(source.reference(lab_name, exercise.name))


def test_a_stub_raises_not_attempted() -> None:
    with pytest.raises(NotAttemptedError):
        todo()


def test_a_learners_notebook_holds_no_solution(lab_name: str) -> None:
    learners = "\n".join(cell.source for cell in notebooks.read(source.LABS / f"{lab_name}.ipynb").cells)

    for exercise in load(lab_name).exercises:
        solved = set(source.solution(lab_name, exercise.name).splitlines())
        for line in solved - set(source.stub(lab_name, exercise.name).splitlines()):
            assert line not in learners


def test_the_solved_notebook_was_executed_and_passed_everything(lab_name: str, outputs: str) -> None:
    total = len(load(lab_name).exercises)

    assert f"{lab_name}: {total} of {total} exercises passed" in outputs
    assert "could not check" not in outputs


def test_no_output_holds_a_path_of_a_machine(outputs: str) -> None:
    assert not re.search(r"/(home|root|Users|work|tmp|opt|var|usr)/", outputs)


def test_no_output_holds_a_secret(outputs: str) -> None:
    assert "whsec_" not in outputs
    if platform_env_file().exists():
        assert Stripe().webhook_secret.get_secret_value() not in outputs


def test_each_lab_has_the_same_parts(lab_name: str) -> None:
    cells = notebooks.read(source.LABS / f"{lab_name}.ipynb").cells

    assert cells[0].cell_type == "markdown"
    for heading in ("Objective", "Story", "Predict", "What broke", "What to read next"):
        assert any(cell.cell_type == "markdown" and heading in cell.source for cell in cells), heading
