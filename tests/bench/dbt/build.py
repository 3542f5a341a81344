"""`dbt build` against the same SQL through Trino's client, and how its time grows with the rows.

The build is a full one, as a person starts it: a process of its own, its imports included, the project parsed before
and nothing in it changed. Unit tests, which read made-up rows, are left out of it: they are part of `make test`.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from services.contracts.settings import REPOSITORY, Trino
from stack import lifecycle
from stack.context import Context
from stack.progress import Reporter
from stack.status import status
from tests.bench.dbt.big_source import fill
from tests.bench.dbt.replay import replay_of_the_last_build
from tests.bench.measured import BenchmarkError, peak_rss_mib
from tests.bench.result import Result, Target, interleaved
from tests.integration.dbt.lake import Lake, scratch

FEW, MANY = 100_000, 1_000_000
BUILD: Final = ("build", "--exclude-resource-type", "unit_test")
FULL: Final = (*BUILD, "--full-refresh")


def against_its_sql() -> Result:
    """A full `dbt build` of a million events, against the same SQL through Trino's client."""
    with _source(MANY) as lake:
        _dbt(lake, *FULL)  # parses the project, and warms the server up
        replay = replay_of_the_last_build(lake)
        in_dbt: list[float] = []

        def build() -> float:
            taken = _seconds(lambda: _dbt(lake, *FULL))
            in_dbt.append(taken - _graph_seconds(lake))
            return taken

        runs = interleaved(build, lambda: _seconds(lambda: replay.run(lake)))
        again = _seconds(lambda: _dbt(lake, *BUILD))
        beside = {"start_and_parse_s": min(in_dbt), "build_with_nothing_new_s": again}
        return Result(runs, "s", Target("at most", 1.5), {"trino": _trino_peak_mib()}, beside)


def growth() -> Result:
    """All marts of a million events, against those of a hundred thousand; dbt's start, the same in both, left out."""

    def marts(lake: Lake) -> float:
        _dbt(lake, "run", "--full-refresh")
        return _graph_seconds(lake)

    with _source(MANY) as many, _source(FEW) as few:
        for lake in (many, few):  # warm
            _dbt(lake, "seed")
            marts(lake)
        runs = interleaved(lambda: marts(many), lambda: marts(few))
        return Result(runs, "s", Target("at most", 10), {"trino": _trino_peak_mib()})


@contextmanager
def _source(rows: int) -> Iterator[Lake]:
    """A lake of its own, with this many events in its source table."""
    lifecycle.up(("trino",), Context.load(), Reporter())
    with tempfile.TemporaryDirectory() as target, scratch(Path(target)) as lake:
        fill(lake, rows)
        yield lake


def _dbt(lake: Lake, *arguments: str) -> None:
    """Run dbt as a person does. Raises BenchmarkError if it fails."""
    variables = {"TRINO_PORT": str(Trino().port), "TRINO_SCHEMA_NAME": lake.namespace}
    line = [str(Path(sys.executable).with_name("dbt")), "--quiet", *arguments, "--target-path", str(lake.target)]
    done = subprocess.run(
        line, cwd=REPOSITORY / "dbt", env=os.environ | variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchmarkError(f"dbt {' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def _graph_seconds(lake: Lake) -> float:
    """Return what dbt itself says that its last command took, from the first node's start to the last one's end."""
    return float(json.loads((lake.target / "run_results.json").read_text())["elapsed_time"])


def _trino_peak_mib() -> int:
    return next(peak_rss_mib(server.pid) for server in status(Context.load()) if server.name == "trino")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
