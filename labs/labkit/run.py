"""Run one notebook headlessly through papermill and say how it went."""

import json
import re
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import papermill  # type: ignore[import-untyped]
from nbclient.exceptions import CellControlSignal, DeadKernelError
from papermill.exceptions import PapermillException  # type: ignore[import-untyped]

from labkit.memory import PeakMemory
from labkit.outcome import Outcome
from labkit.platform import scrub
from services.contracts.environment import environment

Source = Literal["labs", "solutions"]
Status = Literal["passed", "failed", "skipped"]
KERNEL = "python3"
# The kernel listens on this machine only; that it does so without encryption is no news to a learner.
QUIET_KERNEL = ["--IPKernelApp.log_level=ERROR"]
CELL_TIMEOUT_S = 600
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Checks:
    """How many exercises ended how. A check that could not be made counts as failed."""

    passed: int = 0
    failed: int = 0
    not_attempted: int = 0


@dataclass(frozen=True)
class LabResult:
    """One notebook of the course, as the report lists it."""

    lab: str
    source: Source
    status: Status
    reason: str = ""
    seconds: float = 0.0
    peak_rss_mib: float = 0.0
    checks: Checks = field(default_factory=Checks)

    def as_json(self) -> dict[str, Any]:
        """Return the entry of course.json."""
        return asdict(self)


def run_notebook(notebook: Path, source: Source, reports: Path) -> LabResult:
    """Execute a notebook; the executed copy is kept under `reports/source/`."""
    executed = reports / source / notebook.name
    executed.parent.mkdir(parents=True, exist_ok=True)
    error = ""
    with tempfile.TemporaryDirectory() as folder, PeakMemory() as memory:
        results = Path(folder) / "results.json"
        started = time.monotonic()
        with environment({"LABKIT_RESULTS": str(results), "LABKIT_PROGRESS": str(Path(folder) / "progress.jsonl")}):
            try:
                papermill.execute_notebook(
                    notebook,
                    executed,
                    kernel_name=KERNEL,
                    progress_bar=False,
                    execution_timeout=CELL_TIMEOUT_S,
                    extra_arguments=QUIET_KERNEL,
                )
            except (PapermillException, CellControlSignal, DeadKernelError) as problem:
                error = scrub(_COLOURS.sub("", str(problem))).strip()
        seconds = time.monotonic() - started
        outcomes, messages = read_results(results)
    checks, reason = judge(source, outcomes, messages)
    return LabResult(
        lab=notebook.stem,
        source=source,
        status="failed" if error or reason else "passed",
        reason=error or reason,
        seconds=round(seconds, 1),
        peak_rss_mib=round(memory.peak_mib, 1),
        checks=checks,
    )


def read_results(path: Path) -> tuple[dict[str, str | None], dict[str, str]]:
    """Return the outcome (None: never checked) and the message of each exercise; nothing if the lab never started."""
    if not path.exists():
        return {}, {}
    content = json.loads(path.read_text(encoding="utf-8"))
    return content["checks"], content["messages"]


def judge(source: Source, outcomes: dict[str, str | None], messages: dict[str, str]) -> tuple[Checks, str]:
    """Return the counts, and why the run is not as it must be: solved, all passed; unsolved, none attempted."""
    expected = Outcome.NOT_ATTEMPTED if source == "labs" else Outcome.PASSED
    count = Counter(outcomes.values())
    checks = Checks(
        passed=count[Outcome.PASSED],
        failed=len(outcomes) - count[Outcome.PASSED] - count[Outcome.NOT_ATTEMPTED],
        not_attempted=count[Outcome.NOT_ATTEMPTED],
    )
    if not outcomes:
        return checks, "the lab reported no exercises"
    wrong = [
        f"{exercise} is {(outcome or 'never checked').replace('_', ' ')}, not {expected.replace('_', ' ')}"
        + (f" ({messages[exercise]})" if exercise in messages else "")
        for exercise, outcome in outcomes.items()
        if outcome != expected
    ]
    return checks, "; ".join(wrong)
