"""Exercise 4: many small files become few, and nobody who reads the table notices."""

from typing import Final

from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Operation

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.trino import asking, table
from labkit.labs.trino.asking import Listening
from labkit.spec import Passed

NAME: Final = "check_compact"
BATCHES: Final = 6


def check(attempt: Attempt) -> Passed:
    """Have a table of small files compacted; look at files, rows and snapshots, and do it again."""
    attempt.written()
    with table.small_files(NAME, BATCHES) as made:
        asking.told_by_trino(attempt, Listening(), NAME)
        try:
            now = table.again(made)
        except NoSuchTableError:
            raise WrongAnswerError(f"there is no table `{NAME}` any more") from None
        if mistake := _of_table(made, now):
            raise WrongAnswerError(mistake)
        snapshots = len(now.snapshots())
        asking.told_by_trino(attempt, Listening(), NAME)
        again = len(table.again(made).snapshots()) - snapshots
        if again:
            raise WrongAnswerError(
                f"there was nothing left to compact, and the second run made {again} snapshot all the same"
            )
        return Passed(
            "few files, the same rows, and the past is where it was",
            {
                "files": f"{BATCHES} before, {_files(now)} after",
                "payments": str(now.scan().count()),
                "snapshots": f"{BATCHES} of the batches, and one `replace`",
            },
        )


def _files(now: Table) -> int:
    return int(now.inspect.files().num_rows)


def _of_table(made: Table, now: Table) -> str | None:
    if now.metadata.table_uuid != made.metadata.table_uuid:
        return "this is a new table under the old name: its snapshots are gone, and whoever read it meanwhile fell over"
    rows, wanted = now.scan().count(), BATCHES * table.ROWS_PER_HOUR
    if rows != wanted:
        return f"the table had {wanted} payments, and has {rows} now: to compact is to write the same rows again, once"
    if len(now.snapshots()) < BATCHES:
        return (
            f"of the {BATCHES} batches' snapshots not all are left: to forget the past is another step, and comes later"
        )
    if _files(now) == 1:
        return _of_commits(now)
    if len(now.snapshots()) == BATCHES:
        return (
            f"it ran, and the table has {_files(now)} files as before: a file counts as small below "
            "`file_size_threshold`, and these have some KiB"
        )
    return f"the table has {_files(now)} files of one day; asked for was one"


def _of_commits(now: Table) -> str | None:
    operations = [one.summary.operation for one in now.snapshots() if one.summary]
    if Operation.REPLACE not in operations:
        return (
            f"the rows were deleted and inserted, in {len(operations) - BATCHES} commits: who reads in between sees no "
            "payment, and who reads what is new sees each of them again. `optimize` is one commit, which says `replace`"
        )
    return None
