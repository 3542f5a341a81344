"""`lakehouse lab start` and `reset`, as far as no server is needed."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labkit import build, fast_forward, notebooks, seed, source
from labkit.outcome import Outcome
from labkit.progress import Kind, Progress, progress_file
from labkit.spec import Begins, load
from stack import state_id
from stack.context import Choices, Context
from stack.progress import Reporter
from stack.snapshots import keeping

if TYPE_CHECKING:
    from .conftest import Bench


@pytest.fixture
def notebook(bench: "Bench", monkeypatch: pytest.MonkeyPatch) -> Path:
    """The made-up lab's notebook, as it is handed out."""
    monkeypatch.delenv("LABKIT_PROGRESS", raising=False)
    build.main(["00_made_up"])
    return source.LABS / f"{bench.spec.name}.ipynb"


def test_a_reset_gives_the_empty_notebook_back_and_keeps_what_was_written(bench: "Bench", notebook: Path) -> None:
    empty = notebook.read_bytes()
    mine = notebooks.read(notebook)
    mine.cells[-1].source += "\n# my note"
    notebooks.write(mine, notebook)
    Progress(progress_file()).record(bench.spec.name, Kind.OUTCOME, "double", Outcome.PASSED)

    fast_forward.reset(bench.spec, Reporter())

    assert notebook.read_bytes() == empty
    [kept] = (bench.folder / "notebooks").iterdir()
    assert "# my note" in kept.read_text()
    assert Progress(progress_file()).of(bench.spec.name) == {}


def test_a_reset_of_a_notebook_that_nobody_touched_keeps_no_copy(bench: "Bench", notebook: Path) -> None:
    fast_forward.reset(bench.spec, Reporter())

    assert notebook.exists()
    assert not (bench.folder / "notebooks").exists()


def test_a_lab_that_begins_with_nothing_begins_on_an_empty_platform(bench: "Bench") -> None:
    left = bench.folder / "data" / "kafka" / "log"
    left.mkdir(parents=True)
    before = state_id.current()

    fast_forward.start(bench.spec, Reporter())

    assert not left.exists()
    assert state_id.current() != before


def test_a_lab_that_begins_with_payments_begins_with_the_seeded_snapshot(
    bench: "Bench", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKEHOUSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LAKEHOUSE_CATALOG", "reference")
    Choices(catalog="reference").save()
    context = Context.load()
    row = bench.folder / "data" / "postgres" / "row"
    row.parent.mkdir(parents=True)
    row.write_text("of the reference pipeline")
    jar = tmp_path / "cache/maven/org/apache/iceberg/iceberg-open-api/1.10.1/iceberg-open-api-1.10.1.jar"
    jar.parent.mkdir(parents=True)
    jar.touch()
    keeping.save(seed.path_of(context), context, Reporter())
    row.write_text("of the learner")

    fast_forward.start(dataclasses.replace(bench.spec, begins_with=Begins.PAYMENTS), Reporter())

    assert row.read_text() == "of the reference pipeline"


def test_a_seed_is_of_one_catalog_and_of_one_version_of_the_code(bench: "Bench") -> None:
    assert bench.folder
    context = Context.load()

    names = {
        seed.path_of(dataclasses.replace(context, choices=Choices(catalog=catalog, port_offset=offset))).name
        for catalog in ("reference", "polaris")
        for offset in (0, 500)
    }

    assert len(names) == 3  # Polaris keeps an address, so that its snapshot is of one offset


@pytest.mark.parametrize("answer", ["", "n", "later"])
def test_nothing_is_replaced_unless_the_learner_agrees(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: str
) -> None:
    monkeypatch.setenv("LAKEHOUSE_STATE", str(tmp_path))
    Choices(catalog="reference").save()
    before = state_id.current()
    monkeypatch.setattr("builtins.input", lambda _question: answer)

    code = fast_forward.main(["start", "03"])

    assert code == 1
    assert "Nothing was changed" in capsys.readouterr().out
    assert state_id.current() == before


def test_a_lab_that_does_not_exist_is_named_with_those_that_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert fast_forward.main(["reset", "99", "--yes"]) == 1
    assert "there is no lab '99'; there are 00_preflight" in capsys.readouterr().err


def test_the_labs_of_the_live_pipeline_begin_with_nothing() -> None:
    assert load("03_normalizer").begins_with is Begins.EMPTY
