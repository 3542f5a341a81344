"""`dbt build` against the same SQL through the client, and how its time grows with the rows."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.contracts.settings import REPOSITORY, state_dir
from services.contracts.settings import Trino as TrinoSettings
from stack import lifecycle, testing
from stack.progress import Reporter
from tests.bench.dbt.payments import fill
from tests.bench.dbt.replay import replay_of_the_last_build
from tests.integration.dbt.lake import Lake, scratch

pytestmark = [pytest.mark.bench, pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(3600)]

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
RUNS = int(os.environ.get("BENCH_RUNS", "5"))


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    lifecycle.up(("trino",), testing.own_context(), Reporter())
    with scratch(tmp_path) as mine:
        yield mine


def timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def command(lake: Lake, *arguments: str) -> Callable[[], object]:
    """Return what runs dbt as a person does: a process of its own, imports included."""
    variables = {
        "TRINO_PORT": str(TrinoSettings().port),
        "TRINO_SCHEMA_NAME": lake.namespace,
        "DBT_TARGET_PATH": str(lake.target),
    }
    line = [str(Path(sys.executable).with_name("dbt")), "--quiet", *arguments]
    return lambda: subprocess.run(line, cwd=REPOSITORY / "dbt", env=os.environ | variables, check=True)


def record(name: str, ours: list[float], reference: list[float], target: float) -> dict[str, object]:
    """Write the medians, in seconds, beside the other benchmarks' and return them; `target` bounds their ratio."""
    medians = statistics.median(ours), statistics.median(reference)
    ratio = medians[0] / medians[1]
    result: dict[str, object] = {
        "ours": medians[0],
        "reference": medians[1],
        "ratio": ratio,
        "unit": "s",
        "runs": [ours, reference],
        "target": target,
        "met": ratio <= target,
    }
    report = state_dir() / "reports" / "bench.json"
    report.parent.mkdir(parents=True, exist_ok=True)
    kept = json.loads(report.read_text()) if report.exists() else {}
    report.write_text(json.dumps(kept | {name: result}, indent=2))
    return result


def test_a_build_takes_little_more_than_its_sql(lake: Lake) -> None:
    fill(lake, ROWS)
    build = command(lake, "build", "--full-refresh")
    build()  # parses the project and warms the server up
    replay = replay_of_the_last_build(lake)
    runs = [(timed(build), timed(lambda: replay.run(lake))) for _ in range(RUNS)]
    ours, reference = map(list, zip(*runs, strict=True))
    result = record("dbt build", ours, reference, target=1.5)
    assert result["met"], result


def test_ten_times_the_rows_take_at_most_ten_times_as_long(lake: Lake) -> None:
    times: dict[str, list[list[float]]] = {"full": [], "incremental": []}
    run = command(lake, "run"), command(lake, "build", "--full-refresh", "--exclude-resource-type", "test", "unit_test")
    for rows in (ROWS // 10, ROWS):
        fill(lake, rows)
        run[1]()
        times["full"].append([timed(run[1])])
        times["incremental"].append([timed(run[0])])
    results = {name: record(f"marts growth, {name}", few[1], few[0], target=10) for name, few in times.items()}
    assert all(result["met"] for result in results.values()), results
