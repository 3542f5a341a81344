"""Exercise 6: taking the newest batch back, so that the real ingestion brings it again, whatever dies in between."""

from contextlib import suppress
from typing import Final

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.ingestion import audit_of
from labkit.labs.ingestion.dying import Dying, KilledError
from labkit.labs.ingestion.world import World
from labkit.spec import Passed
from services.ingestion.errors import SourceMismatchError
from services.ingestion.tables import BATCH_ID, PAYMENT_EVENTS

CHECKS: Final = World("lab06_check")
GOOD: Final = 5
BAD: Final = 4
_MEND: Final = "UPDATE payment_events SET fraud_score = 0.1 WHERE NOT loaded_to_iceberg"


def check(attempt: Attempt) -> Passed:
    """Take a batch back and have the real ingestion bring it again; then once more, with a death in between."""
    attempt.written()
    batch_id = _loaded()
    with CHECKS.connect() as connection:
        connection.autocommit = True
        attempt(connection, CHECKS.table(), batch_id)
    if mistake := _of_undone(batch_id):
        raise WrongAnswerError(mistake)
    _load_again()
    if mistake := _of_books("the real ingestion ran again", batch_id):
        raise WrongAnswerError(mistake)
    batch_id = _loaded()
    with CHECKS.connect() as connection:
        connection.autocommit = True
        dying = Dying()
        with suppress(KilledError):
            attempt(dying.connection(connection), dying.table(CHECKS.table()), batch_id)
    _load_again()
    if mistake := _of_books("`undo` was killed half-way, and the real ingestion ran again", batch_id):
        raise WrongAnswerError(mistake)
    table = CHECKS.table()
    return Passed(
        "the batch was taken back, mended in bronze, and came again; killed half-way, nothing is lost either",
        {
            "payments": f"{table.scan().count()} in Iceberg, each once",
            "snapshots": f"{len(table.snapshots())}, the bad one among them: for whoever asks what had happened",
        },
    )


def load_bad_batch(world: World) -> str:
    """Have two good batches and a bad one in the table, and return the id of the bad one."""
    world.start_over()
    for rows in (GOOD - 2, 2, BAD):
        world.arrive(rows)
        [batch] = list(world.ingestion().load(PAYMENT_EVENTS))
    return batch.batch_id


def _loaded() -> str:
    return load_bad_batch(CHECKS)


def _load_again() -> None:
    with CHECKS.connect() as connection:
        connection.execute(_MEND)
    try:
        list(CHECKS.ingestion().load(PAYMENT_EVENTS))
    except SourceMismatchError:
        raise WrongAnswerError(
            "the real ingestion refuses to load: bronze does not know the batch that the table had last. Its rows keep "
            f"their `{BATCH_ID}`: it is how they are looked up, and how the table knows its source"
        ) from None


def _of_undone(batch_id: str) -> str | None:
    table = CHECKS.table()
    current = table.current_snapshot()
    marked = CHECKS.rows("SELECT load_batch_id AS batch, id FROM payment_events WHERE loaded_to_iceberg")
    if (count := table.scan().count()) > GOOD:
        own = current is not None and current.summary is not None and current.summary.get(BATCH_ID) == batch_id
        where = ". The current snapshot is still the batch's own: go to the one before it, its parent" if own else ""
        return f"the table still has {count} payments, {count - GOOD} of them of the batch{where}"
    if count < GOOD:
        return (
            f"the table has {count} payments: {GOOD - count} of other batches went with the bad one. One snapshot back"
        )
    if any(row["batch"] == batch_id for row in marked):
        return f"the table is right, and {BAD} payments are still marked as loaded: nobody will bring them again"
    if len(marked) != GOOD:
        return f"{GOOD - len(marked)} payments of other batches are no longer marked; was there a WHERE?"
    return None


def _of_books(when: str, batch_id: str) -> str | None:
    table = CHECKS.table()
    books = audit_of.audit(CHECKS.postgres.dsn, table)
    if books.lost and any(one.summary and one.summary.get("deleted-records") for one in table.snapshots()):
        return (
            f"{when}: {len(books.lost)} payments are lost. To delete rows is a commit on top: the batch's own snapshot "
            "is still in the table's past, so the ingestion took the batch for loaded. A rollback leaves it out"
        )
    if books.lost:
        return (
            f"{when}: {len(books.lost)} payments are marked and in no snapshot, so they are lost. What is unmarked "
            "first is at worst looked up and marked again"
        )
    if books.doubled:
        return (
            f"{when}: {len(books.doubled)} payments are in the table twice, in another batch: rows that keep their "
            f"`{BATCH_ID}` would have been looked up, not loaded"
        )
    return f"{when}: {len(books.waiting)} payments of batch {batch_id} still wait" if books.waiting else None
