"""The whole batch as a person runs it, over simulated events: bronze to Iceberg to the marts."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.contracts.settings import REPOSITORY
from services.ingestion.trino import TrinoResource
from services.simulator.history import loading
from services.simulator.history.generation import History
from tests.integration.ingestion import sums
from tests.integration.ingestion.harness import Scratch

pytestmark = [pytest.mark.integration, pytest.mark.slow]

FACTS = "SELECT count(*), count(DISTINCT event_id) FROM fct_payments"
PAST = History(events=3000, seed=7, days=10)


def run(scratch: Scratch, home: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in an environment that points at the scratch database and namespace."""
    return subprocess.run(
        command,
        cwd=REPOSITORY,
        env=scratch.environment(DAGSTER_HOME=str(home), **environment),
        capture_output=True,
        text=True,
        check=False,
    )


def run_batch(scratch: Scratch, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return run(scratch, home, sys.executable, "-m", "services.ingestion", **environment)


def materialize(scratch: Scratch, home: Path, selection: str) -> subprocess.CompletedProcess[str]:
    """Run Dagster's own command."""
    dagster = str(Path(sys.executable).with_name("dagster"))
    options = ("-m", "services.ingestion.definitions", "--select", selection)
    return run(scratch, home, dagster, "asset", "materialize", *options)


def test_after_a_batch_the_sums_reconcile_and_dagsters_command_adds_what_is_new(
    scratch: Scratch, tmp_path: Path
) -> None:
    """Per day, currency and status the amounts are equal in bronze, in Iceberg and in `fct_daily_payments`."""
    assert loading.load(scratch.settings.postgres, PAST.chunks(), PAST.first_event_id())
    batch = run_batch(scratch, tmp_path)
    assert batch.returncode == 0, batch.stdout[-4000:] + batch.stderr[-4000:]
    assert "payment_events: 3000 rows loaded" in batch.stdout
    assert " passed, 0 failed\n" in batch.stdout
    assert len(sums.reconcile(scratch.settings)) > PAST.days
    trino = TrinoResource(scratch.settings.trino, scratch.settings.namespace)
    assert trino.query(FACTS) == [[3000, 3000]]

    scratch.insert(1, 10)
    command = materialize(scratch, tmp_path, "data/payment_events")
    assert command.returncode == 0, command.stdout[-4000:] + command.stderr[-4000:]
    scratch.assert_each_once()
    assert len(scratch.in_iceberg()) == 3010


def test_a_batch_that_cannot_reach_bronze_says_so_and_fails(scratch: Scratch, tmp_path: Path) -> None:
    failed = run_batch(scratch, tmp_path, POSTGRES_DB="no_such_database")

    assert failed.returncode == 1
    assert "failed: data__payment_events" in failed.stdout
    assert 'database "no_such_database" does not exist' in failed.stdout
