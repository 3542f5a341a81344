"""Exercise 2: proving a loss. Two sides whose counts agree, and one of whose payments is gone all the same."""

from typing import Any, Final

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.ingestion.world import World
from labkit.spec import Passed

CHECKS: Final = World("lab06_audit")
PAIR: Final = 2
SNAPSHOTS: Final = 3
_WRONG_SIDES: Final = "these are not the payments that are in one of the two sides only"


def check(attempt: Attempt) -> Passed:
    """Compare the learner's lost and doubled payments with those of a bronze and a lake that were spoilt on purpose."""
    attempt.written()
    lost, doubled, waiting, unmarked = _spoilt()
    with CHECKS.connect() as connection:
        found = attempt(connection, CHECKS.table())
    if mistake := _of_shape(found) or _of_lost(set(found[0]), lost, waiting, unmarked) or _of_doubled(found, doubled):
        raise WrongAnswerError(mistake)
    copies = CHECKS.table().scan().count() - len(unmarked)
    return Passed(
        "both counts are the same, and you found what is lost and what is there twice",
        {
            "counts": f"{_marked()} marked in PostgreSQL, {copies} rows of theirs in Iceberg",
            "lost": f"{len(lost)} payments",
            "doubled": f"{len(doubled)} payments",
        },
    )


def _marked() -> int:
    return len(CHECKS.rows("SELECT 1 FROM payment_events WHERE loaded_to_iceberg"))


def _spoilt() -> tuple[set[str], set[str], set[str], set[str]]:
    """Return the event ids that are lost, doubled, waiting, and loaded but not marked; made once, then used again."""
    if len(CHECKS.rows("SELECT 1 FROM payment_events")) != 9 or len(CHECKS.table().snapshots()) != SNAPSHOTS:  # noqa: PLR2004
        CHECKS.start_over()
        CHECKS.arrive(9)
        steps = CHECKS.steps()
        for batch, ids in (("good", (1, 2, 3, 4, 5)), ("again", (4, 5)), ("unmarked", (8,)), ("lost", (6, 7))):
            with CHECKS.connect() as connection:
                connection.execute(
                    "UPDATE payment_events SET load_batch_id = %s WHERE id = ANY(%s)", [batch, list(ids)]
                )
            if batch != "lost":
                steps.commit(batch, steps.write(steps.read(batch)))
        with CHECKS.connect() as connection:
            connection.execute("UPDATE payment_events SET loaded_to_iceberg = true WHERE id <= 7")
    one = {row["id"]: row["event_id"] for row in CHECKS.rows("SELECT id, event_id FROM payment_events")}
    return {one[6], one[7]}, {one[4], one[5]}, {one[9]}, {one[8]}


def _of_shape(found: Any) -> str | None:  # noqa: ANN401 - whatever a learner returns
    if not isinstance(found, tuple) or len(found) != PAIR:
        return f"`audit` returned a {type(found).__name__}; asked for were two sets: those lost, those doubled"
    for one in found:
        if isinstance(one, int):
            return (
                "a number was returned: one lost and one doubled make the counts agree, so asked for were the event ids"
            )
        if not isinstance(one, set | frozenset):
            return f"one of the two is a {type(one).__name__}; asked for were two `set`s of event ids"
        if not all(isinstance(event, str) for event in one):
            return f"the sets hold {type(next(iter(one))).__name__}s; an event id is a `str`: `row['event_id']`"
    return None


def _of_lost(found: set[str], lost: set[str], waiting: set[str], unmarked: set[str]) -> str | None:
    if found == lost:
        return None
    if not found:
        return "2 payments are marked as loaded in PostgreSQL, and not in the table; `audit` found none of them"
    if found & waiting:
        return f"{_names(found & waiting)} is not marked, so the next batch will take it: it waits, and is not lost"
    if found & unmarked:
        return f"{_names(found & unmarked)} is in the table and not marked: not lost, the next batch will look it up"
    return f"lost are {_names(lost)}; `audit` says {_names(found)}"


def _of_doubled(found: Any, doubled: set[str]) -> str | None:  # noqa: ANN401 - as above
    if found[1] == doubled:
        return None
    if not found[1]:
        return (
            "2 payments are in the table twice, and `audit` found none of them: a set holds each id but once, so count"
        )
    return f"doubled are {_names(doubled)}; `audit` says {_names(found[1])}"


def _names(events: set[str]) -> str:
    return ", ".join(sorted(events))
