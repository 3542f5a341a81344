"""The rules of data quality: what was measured, and what is to be thought of it. Pure; `measures` does the measuring.

A rule that speaks of corruption fails the batch. One that speaks of something unusual warns: it is for a person.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

MAX_WAIT: Final = timedelta(hours=1)
"""How long a row may wait in bronze: four runs of the batch schedule."""
USUAL_DAYS: Final = 7
USUAL_ROWS: Final = 100
"""Below so many rows a share or a mean says nothing."""
LEAST, MOST = 0.2, 5.0
"""A day's rows, as a multiple of the usual."""


@dataclass(frozen=True)
class Day:
    """One UTC day of `ingested_at`: rows, the sum of amounts (or sizes), the sum over a hash of each id."""

    rows: int
    total: int
    ids: int


@dataclass(frozen=True)
class Measured:
    """What one table is like, on both sides. `nulls` and `violations` count rows per column and per rule.

    `live_days` has the rows per day that came through the pipeline, one by one; `nulls` are theirs.
    """

    rows: int
    distinct_ids: int
    nulls: Mapping[str, int]
    violations: Mapping[str, int]
    iceberg_days: Mapping[date, Day]
    bronze_days: Mapping[date, Day]
    live_days: Mapping[date, int]
    oldest_waiting: datetime | None


@dataclass(frozen=True)
class Finding:
    """The outcome of one check. `severe` tells whether a failure is corruption, or only unusual."""

    check: str
    passed: bool
    description: str
    severe: bool = True
    figures: Mapping[str, int | float | str] = field(default_factory=dict)


def findings(measured: Measured, now: datetime, null_limits: Mapping[str, float]) -> list[Finding]:
    """Return the finding of every check in `CHECKS`, in its order. `now` is aware; limits are shares of the rows."""
    return [
        _freshness(measured, now),
        _volume(measured, now.date()),
        _null_rates(measured, null_limits),
        _duplicate_ids(measured),
        _value_ranges(measured),
        _matches_bronze(measured),
    ]


CHECKS: Final[Sequence[tuple[str, str]]] = (
    ("freshness", f"No row waits in bronze longer than {MAX_WAIT.total_seconds() / 60:g} minutes."),
    ("volume", f"The last whole day has {LEAST:g} to {MOST:g} times the rows of a usual day. Warns."),
    ("null_rates", "No column is null more often than it should be. Warns."),
    ("duplicate_ids", "No id is there twice."),
    ("value_ranges", "Every value is possible."),
    ("matches_bronze", "Rows, sums and ids of every day are those of the rows that bronze calls loaded."),
)


def _freshness(measured: Measured, now: datetime) -> Finding:
    oldest = measured.oldest_waiting
    waits = now - oldest if oldest else timedelta(0)
    minutes = round(waits.total_seconds() / 60, 1)
    said = f"the oldest waits for {minutes:g} minutes" if oldest else "no row waits"
    return Finding("freshness", waits <= MAX_WAIT, said, figures={"waiting_minutes": minutes})


def _volume(measured: Measured, today: date) -> Finding:
    days = {day: rows for day, rows in measured.live_days.items() if day < today}
    last = max(days, default=today)
    before = [rows for day, rows in days.items() if last - timedelta(days=USUAL_DAYS) <= day < last]
    usual = sum(before) / len(before) if before else 0.0
    if usual < USUAL_ROWS:
        return Finding("volume", passed=True, severe=False, description="too few days to know what is usual")
    ratio = round(days[last] / usual, 2)
    return Finding(
        "volume",
        LEAST <= ratio <= MOST,
        f"{last} has {ratio:g} times the rows of a usual day",
        severe=False,
        figures={"rows": days[last], "usual_rows": round(usual), "ratio": ratio},
    )


def _null_rates(measured: Measured, limits: Mapping[str, float]) -> Finding:
    rows = sum(measured.live_days.values())
    rates = {column: round(count / rows, 4) for column, count in measured.nulls.items() if rows}
    high = [f"{column} is null in {rates[column]:.1%}" for column in rates if rates[column] > limits[column]]
    passed = not high or rows < USUAL_ROWS
    return Finding("null_rates", passed, _listed(high), severe=False, figures=rates)


def _duplicate_ids(measured: Measured) -> Finding:
    doubled = measured.rows - measured.distinct_ids
    return Finding("duplicate_ids", doubled == 0, f"{doubled} rows too many", figures={"duplicates": doubled})


def _value_ranges(measured: Measured) -> Finding:
    broken = [f"{count} rows break '{rule}'" for rule, count in measured.violations.items() if count]
    return Finding("value_ranges", not broken, _listed(broken), figures=dict(measured.violations))


def _matches_bronze(measured: Measured) -> Finding:
    differences = list(_differences(measured.bronze_days, measured.iceberg_days))
    figures = {
        "rows_in_bronze": sum(day.rows for day in measured.bronze_days.values()),
        "rows_in_iceberg": sum(day.rows for day in measured.iceberg_days.values()),
        "days_that_differ": len(differences),
    }
    return Finding("matches_bronze", not differences, _listed(differences), figures=figures)


def _differences(bronze: Mapping[date, Day], iceberg: Mapping[date, Day]) -> Iterator[str]:
    nothing = Day(0, 0, 0)
    for day in sorted({*bronze, *iceberg}):
        theirs, ours = bronze.get(day, nothing), iceberg.get(day, nothing)
        if theirs.rows != ours.rows:
            yield f"{day}: {theirs.rows} rows in bronze, {ours.rows} in Iceberg"
        elif theirs.total != ours.total:
            yield f"{day}: the sums differ, {theirs.total} in bronze, {ours.total} in Iceberg"
        elif theirs.ids != ours.ids:
            yield f"{day}: as many rows, but not the same ids"


def _listed(problems: Sequence[str]) -> str:
    shown = 5
    more = f"; and {len(problems) - shown} more" if len(problems) > shown else ""
    return "; ".join(problems[:shown]) + more or "as it should be"
