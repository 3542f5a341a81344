from pathlib import Path

import nbformat
import pytest

from labkit import build, source


def cells(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


def test_the_learners_notebook_has_a_stub_where_the_solution_was(lab_source: Path) -> None:
    assert build.main([]) == 0

    text = "\n".join(cells(source.LABS / "00_made_up.ipynb"))

    assert "    return labkit.todo()" not in text
    assert "    labkit.todo()  # replace this line with your code" in text
    assert "twice" not in text.replace("twice the number", "")
    assert "SOLUTION" not in text
    assert "NBVAL" not in text
    assert lab_source.exists()


@pytest.mark.usefixtures("lab_source")
def test_the_solved_notebook_has_the_solution_without_its_markers() -> None:
    build.main([])

    text = "\n".join(cells(source.SOLUTIONS / "00_made_up.ipynb"))

    assert "    twice = 2 * number\n    return twice" in text
    assert "SOLUTION" not in text


@pytest.mark.usefixtures("lab_source")
def test_building_twice_gives_the_same_bytes() -> None:
    build.main([])
    first = (source.LABS / "00_made_up.ipynb").read_bytes()
    build.main([])

    assert (source.LABS / "00_made_up.ipynb").read_bytes() == first


def test_check_tells_when_source_and_notebook_disagree(lab_source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--check"]) == 1
    build.main([])
    assert build.main(["--check"]) == 0
    capsys.readouterr()

    lab_source.write_text(lab_source.read_text().replace("# # A lab", "# # Another lab"))

    assert build.main(["--check"]) == 1
    assert "labs/00_made_up.ipynb is out of step" in capsys.readouterr().err


@pytest.mark.usefixtures("lab_source")
def test_check_tells_when_a_learners_notebook_carries_outputs() -> None:
    build.main([])
    path = source.LABS / "00_made_up.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].execution_count = 3
    nbformat.write(notebook, path)

    assert build.main(["--check"]) == 1


@pytest.mark.usefixtures("lab_source")
def test_outputs_stay_with_cells_that_did_not_change() -> None:
    build.main([])
    path = source.SOLUTIONS / "00_made_up.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[3].outputs = [nbformat.v4.new_output("stream", text="kept")]
    nbformat.write(notebook, path)

    build.main([])

    assert nbformat.read(path, as_version=4).cells[3].outputs[0].text == "kept"


@pytest.mark.usefixtures("lab_source")
def test_the_reference_runs_alone() -> None:
    assert source.reference("00_made_up", "double")(4) == 8


def test_only_the_labs_that_are_named_are_built(lab_source: Path) -> None:
    lab_source.with_name("01_other.py").write_text(lab_source.read_text())

    assert build.main(["01_other"]) == 0
    assert [path.name for path in sorted(source.LABS.glob("*.ipynb"))] == ["01_other.ipynb"]


@pytest.mark.usefixtures("lab_source")
def test_a_lab_that_does_not_exist_is_named_with_those_that_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build.main(["07_nothing"])

    assert "no such lab: 07_nothing; there is 00_made_up" in capsys.readouterr().err
