"""Exercise 1: claiming rows for a batch, with a row that becomes visible late, and with two that claim at once."""

import threading
import time
from collections.abc import Callable

import psycopg

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.ingestion.world import Connection, World, days_later
from labkit.spec import Passed
from services.ingestion.postgres import PostgresResource
from services.ingestion.tables import PAYMENT_EVENTS, BronzeTable

Claim = Callable[[Connection, str, int], int]
CHECKS = World("lab06_check")
WITHIN_S = 60
_OF = "SELECT count(*) AS rows FROM payment_events WHERE load_batch_id = %s"
_WAITS = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"


class ClaimedBy(PostgresResource):
    """The real work list, but for the learner's claim."""

    def __init__(self, world: World, claim: Claim) -> None:
        super().__init__(world.postgres, world.settings.lock_timeout_s)
        self._world, self._claim = world, claim

    def claim(self, table: BronzeTable, batch_id: str, max_rows: int) -> int:  # noqa: ARG002 - the lab has one table
        """Claim in a transaction."""
        with self._world.connect() as connection:
            return self._claim(connection, batch_id, max_rows)


def check(attempt: Attempt) -> Passed:
    """Claim what waits, beside a transaction that is not committed yet, and in two sessions at once; then load."""
    attempt.written()
    try:
        mistake = _of_late(attempt) or _of_waiting(attempt) or _of_two(attempt)
    except WrongAnswerError as error:
        if isinstance(error.__cause__, psycopg.Error):
            said = error.__cause__.diag.message_primary
            raise WrongAnswerError(f"PostgreSQL refused the claim: {said}") from None
        raise
    if mistake:
        raise WrongAnswerError(mistake)
    CHECKS.start_over()
    CHECKS.arrive(7)
    batches = list(CHECKS.ingestion(ClaimedBy(CHECKS, attempt)).load(PAYMENT_EVENTS))
    return Passed(
        "the real ingestion loads by your claim; what is visible late is not too late, and two do not share a row",
        {"the real ingestion": f"{sum(batch.rows for batch in batches)} payments in {len(batches)} batch"},
    )


def _claimed(claim: Claim, batch_id: str, max_rows: int) -> object:
    with CHECKS.connect() as connection:
        return claim(connection, batch_id, max_rows)


def _rows_of(batch_id: str) -> int:
    return int(CHECKS.rows(_OF, [batch_id])[0]["rows"])


def _of_waiting(claim: Claim) -> str | None:
    CHECKS.start_over()
    CHECKS.arrive(3)
    with CHECKS.connect() as connection:
        connection.execute("UPDATE payment_events SET load_batch_id = 'done', loaded_to_iceberg = true WHERE id = 1")
        connection.execute("UPDATE payment_events SET load_batch_id = 'open' WHERE id = 2")
    CHECKS.arrive(4)
    said = _claimed(claim, "first", 3)
    if _rows_of("done") != 1:
        return "a row that had been loaded was claimed again: its payment would be in the table twice"
    if _rows_of("open") != 1:
        return "a row of an open batch was taken from it: whether it is in the table, only that batch's id can tell"
    if (found := _rows_of("first")) != 3:  # noqa: PLR2004 - the limit above
        return f"5 rows waited and `max_rows` was 3; the claim took {found}: {_why(found)}"
    if isinstance(said, bool) or not isinstance(said, int):
        return f"`claim` returned a {type(said).__name__}; asked for was how many rows there were, an `int`: `rowcount`"
    if (said, again := _claimed(claim, "second", 3), none := _claimed(claim, "third", 3)) != (3, 2, 0):
        return f"3, 2 and then no rows were claimed, and `claim` returned {said}, {again}, {none}"
    return None


def _why(found: int) -> str:
    return "how many one commit may have bounds the memory" if found else "nobody has them, and nobody will"


def _of_late(claim: Claim) -> str | None:
    CHECKS.start_over()
    with CHECKS.connect() as slow:
        CHECKS.arrive(1, connection=slow)
        CHECKS.arrive(1, at=days_later(0, seconds=1))
        _claimed(claim, "first", 10)
    _claimed(claim, "second", 10)
    if not _rows_of("first") or _rows_of("second"):  # one that claims nothing at all is told so by the next check
        return None
    return (
        "row 1 was inserted first and committed last; row 2 had been claimed by then, and row 1 never was: "
        "rows become visible in another order than they got their ids and times. Ask for the flag, not for a mark"
    )


def _of_two(claim: Claim) -> str | None:
    """Let a second session claim while the first has not committed."""
    CHECKS.start_over()
    CHECKS.arrive(5)
    with CHECKS.connect() as one, CHECKS.connect() as other:
        claim(one, "first", 3)
        second = threading.Thread(target=_claim_and_commit, args=(claim, other), daemon=True)
        second.start()
        _wait_until_blocked_or_done(second, other.info.backend_pid)
        one.commit()
        second.join(WITHIN_S)
    if (kept := _rows_of("first")) < 3:  # noqa: PLR2004 - as claimed
        return (
            f"two sessions claimed at once: the second waited for the first, and then took {3 - kept} of its 3 rows. "
            "Who waits for a row's lock gets the row as it is then, and PostgreSQL asks the outer WHERE again, "
            "not the subquery"
        )
    return None


def _claim_and_commit(claim: Claim, connection: Connection) -> None:
    claim(connection, "second", 5)
    connection.commit()


def _wait_until_blocked_or_done(thread: threading.Thread, pid: int) -> None:
    deadline = time.monotonic() + WITHIN_S
    while thread.is_alive() and time.monotonic() < deadline and not CHECKS.rows(_WAITS, [pid]):
        time.sleep(0.02)
