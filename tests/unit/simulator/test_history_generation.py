"""A history's bytes: as many rows as asked for, in time, and always the same."""

import hashlib
import itertools
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from services.simulator.history import generation
from services.simulator.history.generation import History
from services.simulator.history.rows import COLUMNS

DIGEST = """
import hashlib
from services.simulator.history.generation import History
print(hashlib.sha256(b"".join(History(3_000, 7, drift_day="90").chunks())).hexdigest())
"""


def rows(history: History) -> list[dict[str, str]]:
    text = b"".join(history.chunks()).decode()
    return [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in text.splitlines()]


def digest(history: History) -> str:
    return hashlib.sha256(b"".join(history.chunks())).hexdigest()


def test_the_same_history_has_the_same_bytes_whatever_python_hashes_by() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("0", "4711")
    }
    assert digests == {digest(History(3_000, 7, drift_day="90"))}


@pytest.mark.parametrize(
    "other",
    [
        History(2_000, 8),
        History(2_001, 7),
        History(2_000, 7, end=generation.DEFAULT_END + timedelta(days=1)),
        History(2_000, 7, drift_day="20"),
    ],
)
def test_another_history_shares_no_event_with_this_one(other: History) -> None:
    ids = {row["event_id"] for row in rows(History(2_000, 7))}
    assert not ids & {row["event_id"] for row in rows(other)}


def test_histories_of_one_seed_are_about_the_same_people() -> None:
    one, other = ({row["customer_id"] for row in rows(History(2_000, 7, drift_day=day))} for day in (None, "20"))
    assert len(one & other) > 0.8 * len(one)


@pytest.mark.parametrize("events", [1, 1_000, 20_000])
def test_there_are_as_many_rows_as_asked_for_and_none_at_or_after_the_end(events: int) -> None:
    history = History(events, 7)
    steps = list(history.steps())
    assert len(steps) == events
    assert history.begins_at <= steps[0].at
    assert steps[-1].at < history.end.timestamp()


def test_a_history_fills_most_of_its_180_days() -> None:
    history = History(20_000, 7)
    *_, last = history.steps()
    assert history.end.timestamp() - last.at < 25 * 86_400


def test_rows_come_in_the_order_of_time_with_unique_ids_and_no_scores() -> None:
    found = rows(History(5_000, 7))
    times = [row["provider_created_at"] for row in found]
    assert times == sorted(times)
    assert len({row["event_id"] for row in found}) == 5_000
    assert {row["source"] for row in found} == {"history"}
    assert not {"fraud_score", "churn_score", "retry_strategy", "loaded_to_iceberg"} & set(COLUMNS)
    days = {row["ingested_at"][:10] for row in found}
    assert len(days) > 100


def test_a_drift_on_a_day_or_on_its_date_is_the_same_and_changes_nothing_before() -> None:
    def happened(day: str | None) -> list[tuple[str, ...]]:
        told = ("provider_created_at", "event_type", "amount", "customer_id", "card_last_four", "failure_code")
        return [tuple(row[name] for name in told) for row in rows(History(5_000, 7, drift_day=day))]

    drift_on = f"{datetime.fromtimestamp(History(1, 7).begins_at, UTC) + timedelta(days=30):%Y-%m-%d}"
    by_day, without = happened("31"), happened(None)
    assert by_day == happened(drift_on)
    first_difference = next(one for one, other in zip(without, by_day, strict=True) if one != other)
    assert first_difference[0] >= drift_on


def test_a_history_is_made_while_it_is_read() -> None:
    first = itertools.islice(History(10**7, 7, days=3_000).chunks(), 2)
    assert sum(chunk.count(b"\n") for chunk in first) == 2 * generation.ROWS_PER_CHUNK
