"""Run the whole course headlessly: `python -m labkit.course` (this is `make course`).

The course's data is reset, every notebook of `labs/` runs unsolved and in order, the data is reset again, and every
notebook of `solutions/` runs. A learner's own progress is not touched. The exit code is 0 only if nothing failed;
with STRICT=1 a skipped part fails too.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil

from labkit import source
from labkit.errors import ServerDownError
from labkit.memory import MIB
from labkit.platform import Platform
from labkit.report import summary, write_report
from labkit.run import LabResult, Source, run_notebook
from labkit.spec import LabSpec, load
from services.contracts.settings import Catalog, platform_env_file, state_dir

FOLDERS: Mapping[Source, Path] = {"labs": source.LABS, "solutions": source.SOLUTIONS}
Runner = Callable[[Path, Source, Path], LabResult]


def fresh_start(platform: Platform) -> None:
    """Begin from empty stores. Raises `ServerDownError` if the platform does not come up."""
    platform.run("reset", "--yes")
    platform.run("up")
    platform.run("pipeline", "up")


def cannot_run(spec: LabSpec) -> str:
    """Return why this machine cannot run a lab, or an empty string."""
    installed_mib = psutil.virtual_memory().total // MIB
    if installed_mib < spec.memory_mib:
        return f"needs {spec.memory_mib} MiB of memory, this machine has {installed_mib} MiB"
    return spec.lacks()


def run_part(part: Source, reports: Path, platform: Platform, run: Runner) -> Iterator[LabResult]:
    """Run one folder's notebooks in order, on fresh data; yields each result as it is known."""
    notebooks = sorted(FOLDERS[part].glob("[0-9][0-9]_*.ipynb"))
    try:
        fresh_start(platform)
    except ServerDownError as error:
        yield from (LabResult(notebook.stem, part, "failed", reason=error.message) for notebook in notebooks)
        return
    for notebook in notebooks:
        reason = cannot_run(load(notebook.stem))
        yield LabResult(notebook.stem, part, "skipped", reason) if reason else run(notebook, part, reports)


def exit_code(results: Sequence[LabResult], *, strict: bool) -> int:
    """Return 0 if there are results and none failed; when strict, a skipped one counts as failed."""
    bad = {"failed", "skipped"} if strict else {"failed"}
    return int(not results or any(result.status in bad for result in results))


def main(platform: Platform | None = None, run: Runner = run_notebook) -> int:
    """Run the course and write its report; returns the exit code."""
    say = sys.stdout.write
    platform = platform or Platform(say=lambda line: say(f"  {line}\n"))
    reports = state_dir() / "reports"
    results: list[LabResult] = []
    for part in FOLDERS:
        say(f"\n{part}: starting on fresh data\n")
        for result in run_part(part, reports, platform, run):
            results.append(result)
            counts = f"{result.checks.passed} passed, {result.checks.failed} failed, "
            counts += f"{result.checks.not_attempted} not attempted"
            say(f"{part}/{result.lab}: {result.status} in {result.seconds:.0f} s ({counts}) {result.reason}\n")
            write_report(reports, catalog_kind(), results)
    say(f"\n{summary(results)} Report: {reports / 'course.html'}\n")
    return exit_code(results, strict=os.environ.get("STRICT") == "1")


def catalog_kind() -> str:
    """Return `polaris`, `reference`, or `none` where the platform never started."""
    return Catalog().kind if platform_env_file().exists() else "none"


if __name__ == "__main__":
    sys.exit(main())
