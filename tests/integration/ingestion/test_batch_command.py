"""The whole batch as a person runs it: bronze to Iceberg to the marts, read back through Trino."""

import subprocess
import sys
from pathlib import Path

import pytest

import trino
from services.contracts.settings import REPOSITORY
from tests.integration.ingestion.harness import Scratch

pytestmark = [pytest.mark.integration, pytest.mark.slow]

FACTS = "SELECT count(*), count(DISTINCT event_id), sum(amount_cents) FROM fct_payments"


def run_batch(scratch: Scratch, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in an environment that points at the scratch database and namespace."""
    command = [sys.executable, "-m", "services.ingestion"]
    return subprocess.run(
        command,
        cwd=REPOSITORY,
        env=scratch.environment(DAGSTER_HOME=str(home), **environment),
        capture_output=True,
        text=True,
        check=False,
    )


def query(scratch: Scratch, statement: str) -> list[list[object]]:
    server = scratch.settings.trino
    with trino.dbapi.connect(
        host=server.host, port=server.port, user=server.user, catalog=server.catalog, schema=scratch.settings.namespace
    ) as connection:
        return [list(row) for row in connection.cursor().execute(statement).fetchall()]


def test_a_batch_ends_in_the_marts_and_a_second_one_adds_only_what_is_new(scratch: Scratch, tmp_path: Path) -> None:
    scratch.insert(1, 1000)
    first = run_batch(scratch, tmp_path)
    assert first.returncode == 0, first.stdout[-4000:] + first.stderr[-4000:]
    assert "payment_events: 1000 rows loaded" in first.stdout
    assert " 0 failed, 1 warned" in first.stdout
    assert "warning: payment_events.null_rates: fraud_score is null in 100.0%" in first.stdout
    assert query(scratch, FACTS) == [[1000, 1000, 500_500]]

    scratch.insert(1001, 1010)
    second = run_batch(scratch, tmp_path)
    assert second.returncode == 0, second.stdout[-4000:] + second.stderr[-4000:]
    assert "payment_events: 10 rows loaded" in second.stdout
    assert query(scratch, FACTS) == [[1010, 1010, 510_555]]


def test_a_batch_that_cannot_reach_bronze_says_so_and_fails(scratch: Scratch, tmp_path: Path) -> None:
    failed = run_batch(scratch, tmp_path, POSTGRES_DB="no_such_database")

    assert failed.returncode == 1
    assert "failed: data__payment_events" in failed.stdout
    assert 'database "no_such_database" does not exist' in failed.stdout
