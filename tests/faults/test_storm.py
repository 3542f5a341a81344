"""As much as the pipeline takes, and not all of it good: everything arrives once, or is told why not.

More than `make test` has time for: `LAKEHOUSE_STORM_EVENTS=5000 .venv/bin/python -m pytest tests/faults/test_storm.py`.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime

import psycopg
import pytest

from services.contracts.settings import REPOSITORY, Postgres
from stack.manifest import services
from tests.bench.measured import peak_rss_mib
from tests.faults.processes import LAKEHOUSE, Supervised

EVENTS = int(os.environ.get("LAKEHOUSE_STORM_EVENTS", "300"))
SLOWEST_PER_S = 5
WITHIN_S = 60 + EVENTS // SLOWEST_PER_S

pytestmark = [pytest.mark.integration, pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(300 + WITHIN_S)]


def test_a_storm_with_corrupt_duplicate_and_disordered_events_reconciles_to_no_difference(
    supervised: Supervised, capsys: pytest.CaptureFixture[str]
) -> None:
    began = datetime.now(UTC)
    disturbances = ("--corrupt", "0.02", "--duplicates", "0.05", "--out-of-order", "0.05")
    sent = _run(sys.executable, "-m", "services.simulator", "live", "--events", EVENTS, "--seed", 7, *disturbances)
    assert sent.returncode == 0, sent.stdout + sent.stderr
    reconciled = _run(LAKEHOUSE, "reconcile", "--live", "--wait", WITHIN_S)
    assert reconciled.returncode == 0, reconciled.stdout + reconciled.stderr
    stored, seconds = _stored_since(began)
    peaks = ", ".join(f"{name} {peak_rss_mib(supervised.pid(name))} MiB" for name in services())
    with capsys.disabled():
        print(f"\n{stored} payments stored in {seconds:.1f} s: {stored / seconds:.1f}/s. Peak memory: {peaks}.")  # noqa: T201 - the storm's result


def _stored_since(began: datetime) -> tuple[int, float]:
    """Return how many payments came to bronze since then, and how long after that the last one did."""
    with psycopg.connect(Postgres().dsn) as connection:
        query = "SELECT count(*), max(ingested_at) FROM payment_events WHERE source = 'gateway' AND ingested_at >= %s"
        count, last = connection.execute(query, [began]).fetchone() or (0, began)
    return count, (last - began).total_seconds()


def _run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, command)], cwd=REPOSITORY, capture_output=True, text=True, check=False)
