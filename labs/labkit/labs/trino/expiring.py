"""Exercise 5: forgetting the past, but not more of it than was agreed, and not what somebody is writing just now."""

from datetime import timedelta
from typing import Final

from pyiceberg.table import Table

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.trino import asking, table
from labkit.labs.trino.asking import Listening
from labkit.servers import object_store
from labkit.spec import Passed

NAME: Final = "check_expire"
BATCHES: Final = 4
DAY: Final = timedelta(days=1)
NOTHING: Final = timedelta(0)


def check(attempt: Attempt) -> Passed:
    """Keep a day of a table that is a minute old, then keep nothing; look at snapshots and at the bucket."""
    attempt.written()
    with table.small_files(NAME, BATCHES) as made:
        Listening()(f"ALTER TABLE {NAME} EXECUTE optimize")
        orphans = {file.file_path for file in table.write(made, [BATCHES])}
        before = objects(made)
        asking.told_by_trino(attempt, Listening(), NAME, DAY)
        if mistake := _of_day(made, orphans):
            raise WrongAnswerError(mistake)
        asking.told_by_trino(attempt, Listening(), NAME, NOTHING)
        if mistake := _of_nothing(made, orphans):
            raise WrongAnswerError(mistake)
        rows = asking.ask(f"SELECT count(*) FROM {NAME}").rows[0][0]  # noqa: S608 - ours
        return Passed(
            "what was agreed is kept, what is older is gone from the metadata and from the bucket",
            {
                "a day kept": f"{BATCHES + 1} snapshots of {BATCHES + 1}, and the file of a writer under way",
                "nothing kept": f"1 snapshot; {before} data files in the bucket became {objects(made)}",
                "payments": f"{rows}, as before",
            },
        )


def objects(made: Table) -> int:
    """Return how many data files a table has in the bucket, whether or not a snapshot names them."""
    return len(_paths(made))


def _paths(made: Table) -> set[str]:
    bucket, _, prefix = made.location().removeprefix("s3://").partition("/")
    found = object_store.objects(object_store.client(), bucket, f"{prefix.rstrip('/')}/data/")
    return {f"s3://{bucket}/{key}" for key, _ in found if key.endswith(".parquet")}


def _of_day(made: Table, under_way: set[str]) -> str | None:
    now = table.again(made)
    if (left := len(now.snapshots())) < BATCHES + 1:
        return (
            f"a day was to be kept, all {BATCHES + 1} snapshots are minutes old, and {left} are left: "
            "`retention_threshold` is to be what `keep` says"
        )
    if under_way - _paths(made):
        return (
            "a writer had written its file and not committed yet; the file is gone, and its commit would point to "
            "nothing. To `remove_orphan_files` a file that is not committed *yet* looks the same: keep `keep`"
        )
    return None


def _of_nothing(made: Table, orphans: set[str]) -> str | None:
    now = table.again(made)
    if now.current_snapshot() is None or now.scan().count() != BATCHES * table.ROWS_PER_HOUR:
        return "payments are gone: the past was to be forgotten, not the present"
    if (left := len(now.snapshots())) > 1:
        return f"nothing older was to be kept, and {left} snapshots are left: `expire_snapshots` forgets them"
    live = int(now.inspect.files().num_rows)
    found = _paths(made)
    if orphans & found:
        return (
            f"{live} file is live, and {len(found)} are in the bucket. One was written and never committed, so no "
            "snapshot that expires takes it along: `remove_orphan_files` does"
        )
    if len(found) > live:
        return (
            f"{live} file is live, and {len(found)} are in the bucket: when the orphans were looked for, old snapshots "
            "still named those files. Expire first"
        )
    return None
