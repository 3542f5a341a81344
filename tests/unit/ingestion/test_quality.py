"""What is thought of a measurement, rule by rule."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.ingestion.quality import CHECKS, Day, Finding, Measured, findings

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = NOW.date()
LIMITS = {"customer_id": 0.5}
DAYS = {TODAY - timedelta(days=age): Day(1000, 159_000, 77) for age in range(9)}
GOOD = Measured(
    rows=9000,
    distinct_ids=9000,
    nulls={"customer_id": 900},
    violations={"amount is not negative": 0},
    iceberg_days=DAYS,
    bronze_days=DAYS,
    live_days={day: found.rows for day, found in DAYS.items()},
    oldest_waiting=NOW - timedelta(minutes=59),
)
YESTERDAY = TODAY - timedelta(days=1)
FEW = {**GOOD.live_days, YESTERDAY: 100}


def found(measured: Measured) -> dict[str, Finding]:
    return {finding.check: finding for finding in findings(measured, NOW, LIMITS)}


def failed(measured: Measured) -> list[str]:
    return [name for name, finding in found(measured).items() if not finding.passed]


def test_a_good_table_passes_every_check_that_is_announced() -> None:
    assert failed(GOOD) == []
    assert list(found(GOOD)) == [name for name, _ in CHECKS]


def test_an_empty_table_passes() -> None:
    assert failed(Measured(0, 0, {"customer_id": 0}, {}, {}, {}, {}, None)) == []


@pytest.mark.parametrize(
    ("check", "measured"),
    [
        ("freshness", replace(GOOD, oldest_waiting=NOW - timedelta(minutes=61))),
        ("volume", replace(GOOD, live_days=FEW)),
        ("null_rates", replace(GOOD, nulls={"customer_id": 4501})),
        ("duplicate_ids", replace(GOOD, distinct_ids=8999)),
        ("value_ranges", replace(GOOD, violations={"amount is not negative": 1})),
        ("matches_bronze", replace(GOOD, bronze_days=DAYS | {TODAY: Day(1001, 159_000, 77)})),
    ],
)
def test_one_thing_wrong_fails_the_check_that_is_about_it(check: str, measured: Measured) -> None:
    assert failed(measured) == [check]


def test_what_is_unusual_warns_and_what_is_wrong_fails() -> None:
    severe = {name for name, finding in found(GOOD).items() if finding.severe}
    assert severe == {"freshness", "duplicate_ids", "value_ranges", "matches_bronze"}


@pytest.mark.parametrize(
    ("bronze", "said"),
    [
        (Day(999, 159_000, 77), "2026-03-10: 999 rows in bronze, 1000 in Iceberg"),
        (Day(1000, 159_001, 77), "2026-03-10: the sums differ, 159001 in bronze, 159000 in Iceberg"),
        (Day(1000, 159_000, 78), "2026-03-10: as many rows, but not the same ids"),
    ],
)
def test_a_difference_to_bronze_names_the_day_and_both_sides(bronze: Day, said: str) -> None:
    assert found(replace(GOOD, bronze_days=DAYS | {TODAY: bronze}))["matches_bronze"].description == said


def test_many_differences_are_counted_and_the_first_are_shown() -> None:
    bronze = {date(2026, 1, day): Day(1, 1, 1) for day in range(1, 9)}
    finding = found(replace(GOOD, iceberg_days={}, bronze_days=bronze))["matches_bronze"]

    assert finding.description.endswith("; and 3 more")
    assert finding.figures["days_that_differ"] == 8


def test_today_is_no_whole_day_and_few_rows_are_no_usual_day() -> None:
    assert failed(replace(GOOD, live_days={**GOOD.live_days, TODAY: 1})) == []
    few = {YESTERDAY: 1, YESTERDAY - timedelta(days=1): 99}
    assert failed(replace(GOOD, live_days=few, nulls={})) == []


def test_a_history_loaded_in_bulk_is_neither_a_usual_day_nor_without_its_scores() -> None:
    assert failed(replace(GOOD, live_days={}, nulls={"customer_id": 0})) == []
    live = {YESTERDAY - timedelta(days=1): 100, YESTERDAY: 100}
    assert failed(replace(GOOD, live_days=live, nulls={"customer_id": 101})) == ["null_rates"]
