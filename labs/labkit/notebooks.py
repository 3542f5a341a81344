"""Reading and writing notebooks, typed: nbformat and jupytext publish no types, so it is said here once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, cast

import jupytext  # type: ignore[import-untyped]
import nbformat
from nbformat import NotebookNode

_v4: Final[Any] = nbformat.v4
_nbformat: Final[Any] = nbformat

METADATA: Final = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def new(cells: list[NotebookNode]) -> NotebookNode:
    """Return a notebook of these cells that names its kernel and no machine."""
    return cast("NotebookNode", _v4.new_notebook(cells=cells, metadata=_nbformat.from_dict(METADATA)))


def code(source: str, identity: str, tags: Sequence[str] = ()) -> NotebookNode:
    """Return a code cell without outputs."""
    metadata = {"tags": list(tags)} if tags else {}
    return cast("NotebookNode", _v4.new_code_cell(source, id=identity, metadata=metadata))


def markdown(source: str, identity: str) -> NotebookNode:
    """Return a text cell."""
    return cast("NotebookNode", _v4.new_markdown_cell(source, id=identity))


def read(path: Path) -> NotebookNode:
    """Return the notebook in an .ipynb file."""
    return cast("NotebookNode", _nbformat.read(path, as_version=4))


def read_percent(path: Path) -> NotebookNode:
    """Return a Python file in jupytext's percent format as a notebook."""
    return cast("NotebookNode", jupytext.read(path, fmt="py:percent"))


def write(notebook: NotebookNode, path: Path) -> None:
    """Write an .ipynb file."""
    _nbformat.write(notebook, path)
