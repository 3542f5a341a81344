"""`python -m labkit.mentor DIR`: the class at the terminal, and as a page."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from labkit.errors import LabError
from labkit.mentor import as_html, as_text, learners, logs, mistakes
from services.contracts.settings import state_dir


def main(arguments: Sequence[str] | None = None) -> int:
    """Show a class; returns the exit code."""
    parser = argparse.ArgumentParser(prog="lakehouse mentor", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="holds NAME.jsonl of each learner")
    parser.add_argument("--page", type=Path, default=state_dir() / "reports" / "mentor.html", help="where to write it")
    options = parser.parse_args(arguments)
    try:
        found = logs.of_class(options.folder)
    except LabError as error:
        sys.stderr.write(f"✗ {error}\n")
        return 1
    people, said, now = [learners.of(log) for log in found], mistakes.common(found), datetime.now(UTC)
    Console().print(as_text.people(people, now), "", as_text.errors(said), sep="\n")
    options.page.parent.mkdir(parents=True, exist_ok=True)
    options.page.write_text(as_html.page(people, said, now), encoding="utf-8")
    sys.stdout.write(f"\nAs a page: {options.page}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
