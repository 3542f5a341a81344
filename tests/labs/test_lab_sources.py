"""What holds for every lab, whatever it teaches. No server is asked."""

import re

import pytest

from labkit import build, links, notebooks, source, todo
from labkit.errors import NotAttemptedError
from labkit.spec import LabSpec, load
from services.contracts.settings import Stripe, platform_env_file
from stack.manifest import with_needs

from . import catalogue

LADDER = 3
EXERCISES = 4
OBJECTIVES = 2
WRONG_ANSWERS = 3
IGNORED_AT_MOST = 1 / 3
TELLING = 20  # shorter lines, such as `try:`, are in any notebook


def test_the_notebooks_are_in_step_with_their_source() -> None:
    assert build.main(["--check"]) == 0


def test_each_lab_has_enough_exercises_and_each_of_them_a_ladder_of_hints(lab_name: str) -> None:
    exercises = load(lab_name).exercises

    assert len(exercises) >= EXERCISES
    for exercise in exercises:
        assert len(set(exercise.hints)) >= LADDER, exercise.name


def test_each_lab_says_what_it_is_for_and_needs_servers_that_exist(lab_name: str) -> None:
    spec = load(lab_name)

    assert spec.name == lab_name
    assert len(spec.objectives) >= OBJECTIVES
    assert with_needs(spec.servers) or spec.lacks is not LabSpec.lacks
    assert {server.name for server in with_needs(spec.servers)} >= set(spec.started_by_hand)
    assert 30 <= spec.minutes <= 60


def test_each_exercise_has_enough_wrong_answers_with_messages_of_their_own(lab_name: str) -> None:
    book, names = catalogue.of(lab_name), [exercise.name for exercise in load(lab_name).exercises]

    assert sorted(book.wrong) == sorted(names)
    assert set(book.right) <= set(names)
    for name in names:
        assert len(book.parts(name)) >= WRONG_ANSWERS, name


def test_every_check_is_compared_when_the_solved_notebook_runs_again_and_few_other_cells_are_not(
    lab_name: str,
) -> None:
    cells = [cell for cell in notebooks.read_percent(source.path_of(lab_name)).cells if cell.cell_type == "code"]
    ignored = [cell for cell in cells if "nbval-ignore-output" in cell.metadata.get("tags", [])]

    assert not [cell.source for cell in ignored if "lab.check(" in cell.source]
    assert len(ignored) <= len(cells) * IGNORED_AT_MOST
    assert not [cell.source for cell in cells if "NBVAL_" in cell.source]
    assert not [cell.source for cell in cells if set(cell.metadata.get("tags", [])) - {"nbval-ignore-output"}]


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
            assert len(line.strip()) < TELLING or line not in learners


def test_the_solved_notebook_was_executed_and_passed_everything(lab_name: str, outputs: str) -> None:
    total = len(load(lab_name).exercises)

    assert f"{lab_name}: {total} of {total} exercises passed" in outputs
    assert not re.search(r"\w: [✘○?] ", outputs)


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


def test_no_link_leads_nowhere(lab_name: str) -> None:
    assert not list(links.dead(source.path_of(lab_name), source.LABS))


def test_no_link_of_the_syllabus_leads_nowhere() -> None:
    assert not [name for name in links.dead(source.LABS / "README.md", source.LABS) if "name" not in name.lower()]


def test_every_outer_link_is_well_formed() -> None:
    assert not links.malformed(links.external([source.LABS / "README.md", *map(source.path_of, catalogue.LABS)]))


def test_the_syllabus_tells_of_each_lab_what_its_specification_tells(lab_name: str) -> None:
    spec = load(lab_name)
    [line] = [line for line in (source.LABS / "README.md").read_text().splitlines() if f"({lab_name}.ipynb)" in line]
    _, _, time, _, memory, *_ = line.split("|")

    assert time.strip() == f"{spec.minutes} min"
    assert memory.strip() == f"{spec.memory_mib / 1024:g} GiB"
