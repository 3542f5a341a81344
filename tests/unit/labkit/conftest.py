"""A made-up lab with one exercise, so that labkit is tested without servers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from labkit import source
from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.lab import Lab
from labkit.progress import Progress
from labkit.results import Results
from labkit.spec import Exercise, LabSpec, Passed

SOURCE = '''# %% [markdown]
# # A lab

# %%
import labkit

# %%
@lab.exercise("double")
def double(number: int) -> int:
    """Return twice the number."""
    ### BEGIN SOLUTION
    twice = 2 * number
    return twice
    ### END SOLUTION

# %%
# NBVAL_CHECK_OUTPUT
lab.check("double")
'''


def check_double(attempt: Attempt) -> Passed:
    if attempt(21) != 42:
        raise WrongAnswerError("21 doubled is 42", try_next="multiply")
    return Passed("21 doubled is 42", {"asked": "arithmetic"})


@dataclass
class Bench:
    """A lab and what it showed."""

    spec: LabSpec
    folder: Path
    shown: list[object] = field(default_factory=list)

    def lab(self, names: Mapping[str, object] | None = None) -> Lab:
        results = Results([exercise.name for exercise in self.spec.exercises], self.folder / "results.json")
        progress = Progress(self.folder / "progress.jsonl")
        return Lab(self.spec, progress=progress, results=results, show=self.shown.append, names=names)


@pytest.fixture
def lab_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The source of the made-up lab, in folders of its own."""
    for name in ("solutions", "labs"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(source, name.upper(), tmp_path / name)
    (tmp_path / "labs" / "README.md").write_text("# Labs")
    path = tmp_path / "solutions" / "00_made_up.py"
    path.write_text(SOURCE)
    return path


@pytest.fixture
def bench(lab_source: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    exercise = Exercise("double", "doubles", hints=("think", "think of 2", "2 * number"), check=check_double)
    spec = LabSpec("00_made_up", "Made up", minutes=1, memory_mib=1, servers=(), exercises=(exercise,))
    folder = lab_source.parents[1]
    monkeypatch.setenv("LAKEHOUSE_STATE", str(folder))
    (folder / "platform.env").touch()
    return Bench(spec, folder)
