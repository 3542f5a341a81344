"""What can be wrong with a start that must happen once: three tellings of one event."""

from collections.abc import Sequence
from dataclasses import dataclass

FIRST_ONLY = [True, False, False]


@dataclass(frozen=True)
class Told:
    """What came of telling the same event three times, the third time after the workflow had ended.

    `runs` are (workflow id, status) of all that were started.
    """

    answers: Sequence[object]
    runs: Sequence[tuple[str, str]]
    event_id: str


def mistake(told: Told) -> str | None:  # noqa: PLR0911 - one for each mistake
    """Return what is wrong, None if nothing is."""
    ids = {workflow_id for workflow_id, _ in told.runs}
    if not told.runs:
        return "no workflow was started: is there an `await` before `client.start_workflow`?"
    if len(ids) > 1:
        return (
            f"the same event three times started {len(ids)} workflows with {len(ids)} ids: make the id of the event's"
        )
    if told.event_id not in next(iter(ids)):
        return f"one workflow, but its id is {next(iter(ids))!r}: the next event would find it taken; use `event_id`"
    if any(status == "TERMINATED" for _, status in told.runs):
        return "a second telling terminated the run of the first, in the middle of a payment"
    if len(told.runs) > 1:
        return (
            f"one id, {len(told.runs)} runs: once a workflow has ended, its id may be used again, "
            "unless the start says REJECT_DUPLICATE"
        )
    if any(not isinstance(answer, bool) for answer in told.answers):
        kinds = ", ".join(type(answer).__name__ for answer in told.answers)
        return f"one workflow, as asked; but the answers are {kinds}: return True where it was started, else False"
    if list(told.answers) != FIRST_ONLY:
        return f"one workflow, as asked; but the answers were {list(told.answers)}, not {FIRST_ONLY}"
    return None
