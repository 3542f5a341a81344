"""Exercise 7: which snapshot was current at a moment, in a table whose history was rolled back once."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.lakehouse import sample
from labkit.servers import warehouse
from labkit.spec import Passed

TOKYO: Final = timezone(timedelta(hours=9), "Tokyo")
"""Moments are given in Tokyo's time, so that throwing the zone away shows."""


@dataclass(frozen=True)
class Moment:
    """A moment, in words and in milliseconds, and the number of the snapshot that was current, counted from 1."""

    words: str
    at_ms: int
    number: int

    @property
    def at(self) -> datetime:
        """The moment in Tokyo's time."""
        return datetime.fromtimestamp(self.at_ms / 1000, TOKYO)


def check(attempt: Attempt) -> Passed:
    """Ask the learner's function for five moments of a table's life; Trino answers the same question for itself."""
    table = sample.kept_table("travel", 3, _live)
    ids = [snapshot.snapshot_id for snapshot in sorted(table.snapshots(), key=lambda one: one.timestamp_ms)]
    moments = _moments(table)
    answers = [_asked(attempt, table, moment) for moment in moments]
    if mistake := _mistake(moments, answers, ids):
        raise WrongAnswerError(mistake)
    time.sleep(max(0.0, moments[-1].at_ms / 1000 - time.time() + 0.05))  # Trino travels into the past only
    counts = [_count(table, moment) for moment in moments]
    evidence = {
        moment.words: f"snapshot {moment.number}, {count} payment{'s' * (count != 1)} in Trino"
        for moment, count in zip(moments, counts, strict=True)
    }
    return Passed("for every moment, your snapshot is the one that was current, as Trino sees it too", evidence)


def _live(table: Table) -> None:
    """Append, append something bad, roll that back, append again."""
    sample.append(table, sample.payments("42.00"))
    good = table.metadata.current_snapshot_id
    time.sleep(0.02)
    sample.append(table, sample.payments("4200", "350", day=1))
    time.sleep(0.02)
    table.manage_snapshots().rollback_to_snapshot(good or 0).commit()
    time.sleep(0.02)
    sample.append(table, sample.payments("42.00", "3.50", "5.00", day=1))


def _moments(table: Table) -> Sequence[Moment]:
    first, bad, rolled_back, last = (entry.timestamp_ms for entry in table.history())
    return (
        Moment("between the first commit and the second", (first + bad) // 2, 1),
        Moment("in the very millisecond of the second commit", bad, 2),
        Moment("between the second commit and the rollback", (bad + rolled_back) // 2, 2),
        Moment("between the rollback and the third commit", (rolled_back + last) // 2, 1),
        Moment("a second after the third commit", last + 1000, 3),
    )


def _asked(attempt: Attempt, table: Table, moment: Moment) -> object:
    try:
        return attempt(table, moment.at)
    except WrongAnswerError as error:
        if "'NoneType' object has no attribute 'snapshot_id'" in error.message:
            raise WrongAnswerError(
                "Iceberg found no snapshot as old as it was asked for: its times are milliseconds since 1970, "
                "`.timestamp()` gives seconds",
            ) from None
        raise


def _mistake(moments: Sequence[Moment], answers: Sequence[object], ids: Sequence[int]) -> str | None:
    for answer in answers:
        if isinstance(answer, Snapshot):
            return "`snapshot_at` returned the snapshot; asked for was its id: `.snapshot_id`"
        if isinstance(answer, bool) or not isinstance(answer, int):
            return f"`snapshot_at` returned a {type(answer).__name__}; a snapshot's id is an `int`"
        if answer not in ids:
            return "`snapshot_at` returned a number that is no id of this table's snapshots"
    numbers = [ids.index(answer) + 1 for answer in answers if isinstance(answer, int)]
    wanted = [moment.number for moment in moments]
    if numbers == wanted:
        return None
    if len(set(numbers)) == 1:
        return f"the answer is snapshot {numbers[0]} of 3 for every moment; was the `moment` used, with its zone?"
    wrong = next(place for place, number in enumerate(numbers) if number != wanted[place])
    found = f"{moments[wrong].words}, snapshot {wanted[wrong]} was current; the answer is snapshot {numbers[wrong]}"
    return found + _why(wrong, numbers[wrong])


def _why(wrong: int, number: int) -> str:
    if wrong == 0:
        return ", which was yet to come: the last one at or before the moment, not the next"
    if wrong == 1 and number == 1:
        return ": a snapshot is current from its own millisecond on, so it is `<=`, not `<`"
    if wrong == 3:  # noqa: PLR2004 - the moment after the rollback
        return (
            ", rolled back by then: `table.snapshots()` has all that were committed, `table.history()` what was current"
        )
    return ""


def _count(table: Table, moment: Moment) -> int:
    at = moment.at.astimezone(tz=timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]  # noqa: UP017 - beside TOKYO
    name = sample.in_trino(table)
    answer = warehouse.query(f"SELECT count(*) FROM {name} FOR TIMESTAMP AS OF TIMESTAMP '{at} UTC'")  # noqa: S608 - ours
    return int(answer.rows[0][0])
