"""What the tests of the labs' checks share: the exercises as the notebooks define them, and outputs to look through."""

import json
from pathlib import Path
from typing import Any

import pytest

from labkit import notebooks, source

NAMES = sorted(path.stem for path in source.SOLUTIONS.glob("[0-9][0-9]_*.py"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that asks for `lab_name` once per lab."""
    if "lab_name" in metafunc.fixturenames:
        metafunc.parametrize("lab_name", NAMES)


@pytest.fixture
def outputs(lab_name: str) -> str:
    """Everything that the solved notebook shows, as one text."""
    path = source.SOLUTIONS / f"{lab_name}.ipynb"
    cells: list[Any] = notebooks.read(path).cells
    return json.dumps([cell.get("outputs", []) for cell in cells], ensure_ascii=False)


@pytest.fixture(autouse=True)
def _own_progress(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LABKIT_PROGRESS", str(tmp_path / "progress.jsonl"))
