"""Exercise 5: a day of totals, which Dagster may run again: the table has a partition for each day, the asset too."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import dagster as dg
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import DateType, DecimalType, LongType, NestedField

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.ingestion import dagster_runs
from labkit.labs.ingestion.arriving import OPENING
from labkit.labs.ingestion.world import World, days_later
from labkit.servers import lake
from labkit.spec import Passed
from services.ingestion.tables import PAYMENT_EVENTS

Total = Callable[[date, Table, Table], object]
CHECKS: Final = World("lab06_days")
NAME: Final = "daily_totals"
SCHEMA: Final = Schema(
    NestedField(1, "day", DateType(), required=True),
    NestedField(2, "events", LongType(), required=True),
    NestedField(3, "amount", DecimalType(38, 4), required=True),
)
BY_DAY: Final = PartitionSpec(PartitionField(1, 1000, IdentityTransform(), "day"))
DAYS: Final = tuple((OPENING + timedelta(days=number)).date() for number in range(3))
# Two on the first day; on the second one at its first moment, three at nine, one at its last; one at the third's first.
_MIDNIGHT: Final = timedelta(hours=9)
ARRIVALS: Final = (
    (2, OPENING),
    (1, days_later(1) - _MIDNIGHT),
    (3, days_later(1)),
    (1, days_later(2) - _MIDNIGHT - timedelta(microseconds=1)),
    (1, days_later(2) - _MIDNIGHT),
)
WANTED: Final = {DAYS[0]: (2, Decimal(3)), DAYS[1]: (5, Decimal(25))}


@dataclass(frozen=True)
class _Days:
    """A function on its way to becoming the body of an asset with a partition for each day."""

    total: Total
    events: Table
    totals: Table

    def asset(self) -> dg.AssetsDefinition:
        """Return the asset."""
        every_day = dg.DailyPartitionsDefinition(start_date=DAYS[0].isoformat(), timezone="UTC")

        @dg.asset(name=NAME, key_prefix="lab06", partitions_def=every_day)
        def daily_totals(context: dg.AssetExecutionContext) -> None:
            self.totals.refresh()
            with warnings.catch_warnings():
                # pyiceberg warns where there was nothing to replace, as on the first run of every day.
                warnings.simplefilter("ignore", UserWarning)
                self.total(date.fromisoformat(context.partition_key), self.events, self.totals)

        return daily_totals


def check(attempt: Attempt) -> Passed:
    """Materialize two partitions, and the second of them again; after each run, look at the table."""
    attempt.written()
    _arrived()
    totals = fresh(CHECKS)
    asset = _Days(attempt, CHECKS.table(), totals).asset()
    for day in DAYS[:2]:
        _run(asset, day)
    if mistake := _mistake(_rows(totals)):
        raise WrongAnswerError(mistake)
    before = len(totals.refresh().metadata.metadata_log)
    _run(asset, DAYS[1])
    if mistake := _mistake(_rows(totals), again=True):
        raise WrongAnswerError(mistake)
    if (commits := len(totals.refresh().metadata.metadata_log) - before) > 1:
        raise WrongAnswerError(
            f"the second run of {DAYS[1]} made {commits} commits: who reads in between sees a day without payments, "
            "and who is killed in between leaves it so. `table.overwrite` is one commit"
        )
    evidence = {
        f"partition {day}": f"{count} payments, {amount:.2f} dollars" for day, (count, amount) in WANTED.items()
    }
    return Passed("Dagster ran two days, and one of them twice; each day has its one row", evidence)


def run_days(world: World, total: Total) -> dict[str, tuple[int, Decimal]]:
    """Materialize the first two days on the notebook's own tables; return what the table says of each day."""
    totals = fresh(world)
    asset = _Days(total, world.table(), totals).asset()
    for day in DAYS[:2]:
        _run(asset, day)
    return {day.isoformat(): found for day, [found] in sorted(_rows(totals).items())}


def fresh(world: World) -> Table:
    """Return an empty table of totals."""
    lake.remove(world.catalog, f"{world.name}.{NAME}")
    return world.catalog.create_table((world.name, NAME), schema=SCHEMA, partition_spec=BY_DAY)


def _arrived() -> None:
    """Have the payments of three days in the table; loaded once, then used again."""
    if CHECKS.table().scan().count() == sum(rows for rows, _ in ARRIVALS):
        return
    CHECKS.start_over()
    for rows, at in ARRIVALS:
        CHECKS.arrive(rows, at)
    list(CHECKS.ingestion().load(PAYMENT_EVENTS))


def _run(asset: dg.AssetsDefinition, day: date) -> None:
    result = dagster_runs.run(asset, {}, day.isoformat())
    if not result.success:
        raise WrongAnswerError(f"partition {day}: `{NAME}` raised {dagster_runs.error_of(result).splitlines()[0]}")


def _rows(totals: Table) -> dict[date, list[tuple[int, Decimal]]]:
    found: dict[date, list[tuple[int, Decimal]]] = {}
    for row in totals.refresh().scan().to_arrow().to_pylist():
        found.setdefault(row["day"], []).append((row["events"], row["amount"]))
    return found


_EVENTS: Final = {
    6: ": the first moment of the next day belongs to the next day, so the end is `<`, not `<=`",
    4: ": the first moment of the day belongs to it, so the beginning is `>=`, not `>`",
    1: ": these are by `provider_created_at`, when Stripe made them. A day of that is never complete, since any event "
    "may come late; a day of `ingested_at` is over at midnight",
    8: ": that is every payment in the table; asked for were those of the day",
}


def _mistake(found: dict[date, list[tuple[int, Decimal]]], *, again: bool = False) -> str | None:
    for day, wanted in WANTED.items():
        rows = found.get(day, [])
        if not rows:
            return f"{day} has no row any more: the run of another day took it away" if found else "nothing was written"
        if len(rows) > 1:
            return f"{day} was run again, and has {len(rows)} rows: a run that is repeated replaces, it does not append"
        if rows[0][0] != wanted[0] and day == DAYS[1]:
            return f"{day} has {wanted[0]} payments, the table says {rows[0][0]}{_EVENTS.get(rows[0][0], '')}"
    for day, (count, amount) in WANTED.items():
        if found[day] != [(count, amount)]:
            [(said, dollars)] = found[day]
            return f"{day}: {amount} dollars were taken in {count} payments; the table says {dollars:.2f} in {said}"
    return f"there are rows of days that nobody ran{' again' * again}" if set(found) - set(WANTED) else None
