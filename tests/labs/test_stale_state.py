"""What every check of every lab says after the platform was reset under a notebook. No server is needed."""

from pathlib import Path

import pytest

from labkit import source
from labkit.lab import Lab
from labkit.outcome import Fault, Outcome
from labkit.progress import Progress
from labkit.results import Results
from labkit.spec import load
from stack import lifecycle
from stack.context import Context
from stack.progress import Reporter

from . import catalogue

EXERCISES = [(lab, exercise.name) for lab in catalogue.LABS for exercise in load(lab).exercises]


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lab: str) -> Lab:
    """A notebook that was begun before `lakehouse reset`."""
    monkeypatch.setenv("LAKEHOUSE_STATE", str(tmp_path / "state"))
    begun = Lab(load(lab), progress=Progress(tmp_path / "log"), results=Results([], None), show=lambda _: None)
    lifecycle.reset(Context.load(), Reporter())
    return begun


@pytest.mark.parametrize(("lab", "exercise"), EXERCISES)
def test_after_a_reset_a_check_blames_the_stale_state_and_not_the_learner(
    notebook: Lab, lab: str, exercise: str
) -> None:
    notebook.exercise(exercise)(source.reference(lab, exercise))

    verdict = notebook.check(exercise)

    assert (verdict.outcome, verdict.fault) == (Outcome.COULD_NOT_CHECK, Fault.STATE), verdict.panel().text()
    assert "was reset" in verdict.message
    assert "Restart Kernel" in verdict.try_next


@pytest.mark.parametrize(("lab", "exercise"), EXERCISES)
def test_after_a_reset_a_stub_is_still_not_attempted(notebook: Lab, lab: str, exercise: str) -> None:
    notebook.exercise(exercise)(source.reference(lab, exercise, stub=True))

    assert notebook.check(exercise).outcome is Outcome.NOT_ATTEMPTED
