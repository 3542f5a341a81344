"""Make the notebooks of each lab from its one source.

python -m labkit.build             write labs/*.ipynb and solutions/*.ipynb (outputs stay where a cell did not change)
python -m labkit.build --check     exit 1 if a notebook and its source disagree
python -m labkit.build --execute   also run the solved notebooks on the live platform and keep their outputs
python -m labkit.build 03_normalizer …   only these labs
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from nbclient import NotebookClient
from nbformat import NotebookNode

from labkit import links, notebooks, source
from services.contracts.environment import environment


def generate(path: Path, version: Callable[[str], str], *, tags: bool = True) -> NotebookNode:
    """Return a source's notebook, without outputs.

    Args:
        path: The source.
        version: Makes a code cell the learner's or the solved one.
        tags: Whether cells keep theirs, which tell nbval what not to compare.
    """
    cells = []
    for number, cell in enumerate(notebooks.read_percent(path).cells):
        identity = f"{path.stem}-{number:02d}"
        if cell.cell_type == "code":
            kept = cell.metadata.get("tags", ()) if tags else ()
            cells.append(notebooks.code(version(cell.source), identity, kept))
        else:
            cells.append(notebooks.markdown(cell.source, identity))
    return notebooks.new(cells)


def in_step(notebook: NotebookNode, written: Path, *, outputs: bool) -> bool:
    """Tell whether the file holds these cells; a learner's notebook must hold no outputs either."""
    if not written.exists():
        return False
    found = notebooks.read(written)
    bare = all(not cell.get("outputs") and not cell.get("execution_count") for cell in found.cells)
    return _content(found) == _content(notebook) and (outputs or bare)


def _content(notebook: NotebookNode) -> list[tuple[str, str, str, list[str]]]:
    return [(cell.id, cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in notebook.cells]


def keep_outputs(notebook: NotebookNode, written: Path) -> None:
    """Copy the outputs of cells that did not change from the file into the notebook."""
    if not written.exists():
        return
    before = {(cell.id, cell.source): cell for cell in notebooks.read(written).cells}
    for cell in notebook.cells:
        if cell.cell_type == "code" and (old := before.get((cell.id, cell.source))):
            cell.outputs, cell.execution_count = old.outputs, old.execution_count


def execute(notebook: NotebookNode) -> None:
    """Run a notebook on the live platform, in place, with progress of its own. Raises `CellExecutionError`."""
    with tempfile.TemporaryDirectory() as folder, environment({"LABKIT_PROGRESS": f"{folder}/progress.jsonl"}):
        NotebookClient(notebook, kernel_name="python3", timeout=600, record_timing=False).execute()
    notebook.metadata = notebooks.new([]).metadata


def main(arguments: Sequence[str] | None = None) -> int:
    """Build or check every lab; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m labkit.build", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a notebook is out of step")
    parser.add_argument("--execute", action="store_true", help="run the solved notebooks and keep their outputs")
    known = {path.stem: path for path in sorted(source.SOLUTIONS.glob("[0-9][0-9]_*.py"))}
    parser.add_argument("labs", nargs="*", metavar="NN_name", help="only these labs; by default all")
    options = parser.parse_args(arguments)
    if unknown := set(options.labs) - set(known):
        parser.error(f"no such lab: {', '.join(sorted(unknown))}; there is {', '.join(known)}")
    stale: list[Path] = []
    outer, listed = (
        links.listing(links.external([source.LABS / "README.md", *known.values()])),
        source.LABS / "links.txt",
    )
    if not options.check:
        listed.write_text(outer, encoding="utf-8")
    elif not listed.exists() or listed.read_text(encoding="utf-8") != outer:
        stale.append(listed)
    for path in (known[name] for name in options.labs or known):
        learner, solution = generate(path, source.stubbed, tags=False), generate(path, source.solved)
        learner_file, solution_file = source.LABS / f"{path.stem}.ipynb", path.with_suffix(".ipynb")
        if options.check:
            stale += [learner_file] * (not in_step(learner, learner_file, outputs=False))
            stale += [solution_file] * (not in_step(solution, solution_file, outputs=True))
            continue
        keep_outputs(solution, solution_file)
        if options.execute:
            execute(solution)
        notebooks.write(learner, learner_file)
        notebooks.write(solution, solution_file)
    for path in stale:
        sys.stderr.write(f"{path.parent.name}/{path.name} is out of step with its source: run python -m labkit.build\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
