"""`lakehouse lab start NN` and `lakehouse lab reset NN`: begin a lab anywhere in the course, or begin it again.

start    brings the platform to what the lab's LabSpec says it begins with, and its servers up
reset    brings the learner's part back: the empty notebook, and no exercise passed
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import stamina

from labkit import build, notebooks, seed, source
from labkit.progress import Kind, Progress, progress_file
from labkit.spec import Begins, LabSpec, load
from labkit.starting import full_name
from services.contracts.errors import LakehouseError
from services.contracts.settings import state_dir
from stack import catalog, lifecycle
from stack.context import Choices, Context
from stack.progress import Reporter
from stack.snapshots import keeping, swap


def start(spec: LabSpec, reporter: Reporter) -> None:
    """Replace this clone's data by what the lab begins with, and start its servers."""
    match spec.begins_with:
        case Begins.EMPTY:
            lifecycle.reset(Context.load(), reporter)
        case Begins.PAYMENTS:
            swap.finish()
            context = catalog.choose(Context.load(), reporter)
            path = seed.path_of(context)
            if path.exists():
                keeping.restore(path, context, reporter)
            else:
                seed.make(path, context, reporter)
    names = tuple(name for name in spec.servers if name not in spec.started_by_hand)
    if names:
        lifecycle.up(names, Context.load(), reporter)
    reporter.say(f"\nThe platform is where lab {spec.name[:2]} begins. Open labs/{spec.name}.ipynb (`make lab`).")


def reset(spec: LabSpec, reporter: Reporter) -> None:
    """Put the empty notebook in the place of the learner's, which is kept elsewhere, and forget what was passed."""
    empty = build.generate(source.path_of(spec.name), source.stubbed, tags=False)
    notebook = source.LABS / f"{spec.name}.ipynb"
    if kept := _kept_aside(notebook, in_step=build.in_step(empty, notebook, outputs=False)):
        reporter.say(f"Your notebook is kept as {kept}.")
    notebooks.write(empty, notebook)
    progress = Progress(progress_file())
    for exercise in spec.exercises:
        progress.record(spec.name, Kind.RESET, exercise.name)
    reporter.say(f"Lab {spec.name[:2]} is empty again. If JupyterLab has it open: File → Reload Notebook from Disk.")
    reporter.say(f"The platform's data is as it was; `lakehouse lab start {spec.name[:2]}` takes that back, too.")


def _kept_aside(notebook: Path, *, in_step: bool) -> Path | None:
    """Copy a notebook in which somebody wrote, and return where to."""
    if in_step or not notebook.exists():
        return None
    kept = state_dir() / "notebooks" / f"{notebook.stem}-{datetime.now(UTC):%Y%m%d-%H%M%S}.ipynb"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(notebook.read_bytes())
    return kept


def main(arguments: Sequence[str] | None = None) -> int:
    """Start or reset a lab; returns the exit code."""
    parser = argparse.ArgumentParser(prog="lakehouse lab")
    parser.add_argument("what", choices=("start", "reset"))
    parser.add_argument("lab", metavar="NN")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    options = parser.parse_args(arguments)
    reporter = Reporter()
    stamina.instrumentation.set_on_retry_hooks([])  # what it tries again is said by our own messages, once
    try:
        spec = load(full_name(options.lab))
        if not (options.yes or _agreed(options.what, spec)):
            reporter.say("Nothing was changed.")
            return 1
        (start if options.what == "start" else reset)(spec, reporter)
    except LakehouseError as error:
        sys.stderr.write(f"✗ {error}\n")
        return 1
    return 0


def _agreed(what: str, spec: LabSpec) -> bool:
    if what == "start" and not Choices.load().catalog:
        return True  # there is no data yet
    question = {
        "start": "This replaces all data of this clone (`lakehouse snapshot save NAME` keeps it). Your progress stays.",
        "reset": f"This empties your notebook of lab {spec.name[:2]} (a copy is kept) and forgets what you passed.",
    }
    return input(f"{question[what]} Go on? [y/N] ").strip().lower() in ("y", "yes")


if __name__ == "__main__":
    sys.exit(main())
