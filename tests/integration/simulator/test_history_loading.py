"""`python -m services.simulator history`: into bronze by COPY, as a whole, once."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from services.contracts.settings import Postgres
from services.simulator.history.generation import History
from services.simulator.history.loading import load
from stack.journey.adapters.bronze import BronzeStage

pytestmark = pytest.mark.integration

EVENTS = 3_000


def history(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "services.simulator", "history", "--events", str(EVENTS), *map(str, arguments)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def fetch(database: Postgres, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database.dsn) as connection:
        return connection.execute(sql.SQL(query)).fetchall()  # type: ignore[arg-type]


def test_a_history_is_loaded_once_however_often_it_is_asked_for(scratch_database: Postgres) -> None:
    first = history(POSTGRES_DB=scratch_database.db)
    assert first.returncode == 0, first.stderr
    assert f"{EVENTS} events loaded into bronze" in first.stdout
    before = fetch(scratch_database, "SELECT count(*), max(id), sum(amount_cents) FROM payment_events")
    assert before[0][0] == EVENTS
    second = history(POSTGRES_DB=scratch_database.db)
    assert second.returncode == 0, second.stderr
    assert "is in bronze already: nothing was changed" in second.stdout
    assert fetch(scratch_database, "SELECT count(*), max(id), sum(amount_cents) FROM payment_events") == before


def test_what_is_loaded_is_a_history_unscored_and_yet_to_be_ingested(scratch_database: Postgres) -> None:
    past = History(EVENTS, 7)
    load(scratch_database, past.chunks(), past.first_event_id())
    query = "SELECT DISTINCT source, loaded_to_iceberg, fraud_score, churn_score, retry_strategy FROM payment_events"
    assert fetch(scratch_database, query) == [("history", False, None, None, None)]
    (days,) = fetch(scratch_database, "SELECT count(DISTINCT ingested_at::date) FROM payment_events")[0]
    assert isinstance(days, int)
    assert days > 90


def test_reconcile_counts_it_from_bronze_on(scratch_database: Postgres) -> None:
    past = History(EVENTS, 7)
    load(scratch_database, past.chunks(), past.first_event_id())
    payments = BronzeStage(scratch_database).payments()
    assert payments.history == payments.ids.distinct
    assert len(payments.history) == EVENTS
    assert not payments.ids.repeated


def test_a_load_that_is_broken_off_leaves_nothing_and_can_be_repeated(scratch_database: Postgres) -> None:
    past = History(EVENTS, 7)

    def broken_off() -> object:
        for number, chunk in enumerate(past.chunks()):
            if number == 2:
                raise KeyboardInterrupt
            yield chunk

    with pytest.raises(KeyboardInterrupt):
        load(scratch_database, broken_off(), past.first_event_id())
    assert fetch(scratch_database, "SELECT count(*) FROM payment_events") == [(0,)]
    assert load(scratch_database, past.chunks(), past.first_event_id())
    assert fetch(scratch_database, "SELECT count(*) FROM payment_events") == [(EVENTS,)]


def test_two_histories_stand_side_by_side(scratch_database: Postgres) -> None:
    for past in (History(EVENTS, 7), History(EVENTS, 8)):
        assert load(scratch_database, past.chunks(), past.first_event_id())
    assert fetch(scratch_database, "SELECT count(*) FROM payment_events") == [(2 * EVENTS,)]


def test_a_file_holds_the_bytes_that_are_loaded(tmp_path: Path) -> None:
    file = tmp_path / "history.copy"
    finished = history("--output", file)
    assert finished.returncode == 0, finished.stderr
    assert file.read_bytes() == b"".join(History(EVENTS, 7).chunks())


def test_without_postgresql_it_says_so_and_what_to_do() -> None:
    finished = history(POSTGRES_PORT="1")
    assert finished.returncode == 1
    assert "PostgreSQL at 127.0.0.1:1" in finished.stderr
    assert "lakehouse up" in finished.stderr


def test_a_drift_day_that_is_none_is_refused(tmp_path: Path) -> None:
    finished = history("--drift-day", "someday", "--output", tmp_path / "none")
    assert finished.returncode == 2
    assert "--drift-day" in finished.stderr
