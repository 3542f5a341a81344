"""Every check of every lab, on the live servers: stubs, references, and the catalogued wrong and right answers."""

from collections.abc import Callable
from typing import Any

import pytest

from labkit import source
from labkit.attempt import is_stub
from labkit.lab import Lab
from labkit.outcome import Fault, Outcome, Verdict
from labkit.progress import Progress, progress_file
from labkit.results import Results
from labkit.spec import load
from stack import testing
from stack.manifest import services
from stack.progress import Reporter

from . import catalogue

pytestmark = pytest.mark.integration

EXERCISES = [(lab, exercise.name) for lab in catalogue.LABS for exercise in load(lab).exercises]
WRONG = [(*key, name) for key in EXERCISES for name in catalogue.of(key[0]).wrong.get(key[1], {})]
RIGHT = [(*key, name) for key in EXERCISES for name in catalogue.of(key[0]).right.get(key[1], {})]


@pytest.fixture(scope="session")
def prepared() -> Callable[[str], None]:
    """Bring a lab's servers up and put its data there, once per lab."""
    done = set()

    def prepare(lab: str) -> None:
        if reason := load(lab).lacks():
            pytest.skip(reason)
        if lab not in done:
            servers = tuple(name for name in load(lab).servers if name not in services())
            if servers:
                testing.bring_up(Reporter(), servers)
            catalogue.of(lab).prepare()
            done.add(lab)

    return prepare


@pytest.fixture
def verdict(prepared: Callable[[str], None]) -> Callable[..., Verdict]:
    """Check an answer as a notebook would."""

    def check(lab: str, exercise: str, answer: Callable[..., Any]) -> Verdict:
        prepared(lab)
        notebook = Lab(load(lab), progress=Progress(progress_file()), results=Results([], None), show=lambda _: None)
        notebook.exercise(exercise)(answer)
        return notebook.check(exercise)

    return check


@pytest.mark.parametrize(("lab", "exercise"), EXERCISES)
def test_the_stub_is_not_attempted(lab: str, exercise: str, verdict: Callable[..., Verdict]) -> None:
    stub = source.reference(lab, exercise, stub=True)

    assert is_stub(stub)
    assert verdict(lab, exercise, stub).outcome is Outcome.NOT_ATTEMPTED


@pytest.mark.parametrize(("lab", "exercise"), EXERCISES)
def test_the_reference_passes_and_the_check_says_where_it_looked(
    lab: str, exercise: str, verdict: Callable[..., Verdict]
) -> None:
    passed = verdict(lab, exercise, source.reference(lab, exercise))

    assert passed.outcome is Outcome.PASSED, passed.panel().text()
    assert passed.evidence


@pytest.mark.parametrize(("lab", "exercise", "name"), RIGHT)
def test_another_right_answer_passes_too(lab: str, exercise: str, name: str, verdict: Callable[..., Verdict]) -> None:
    passed = verdict(lab, exercise, catalogue.of(lab).right[exercise][name])

    assert passed.outcome is Outcome.PASSED, passed.panel().text()


@pytest.mark.parametrize(("lab", "exercise", "name"), WRONG)
def test_a_wrong_answer_fails_with_a_message_of_its_own(
    lab: str, exercise: str, name: str, verdict: Callable[..., Verdict]
) -> None:
    book = catalogue.of(lab)
    answer, part = book.wrong[exercise][name]
    failed = verdict(lab, exercise, answer)

    assert (failed.outcome, failed.fault) == (Outcome.FAILED, Fault.CODE), failed.panel().text()
    assert part in failed.message
    assert failed.try_next
    assert not {other for other in book.parts(exercise) - {part} if other in failed.message}
