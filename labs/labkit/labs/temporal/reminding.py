"""What can be wrong with the workflow that reminds a customer, seen from what it did and when, by its own clock."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from labkit.labs.temporal.clock import Moment
from labkit.labs.temporal.play import Run

REMINDERS: Final = (timedelta(days=1), timedelta(days=3))
GIVES_UP: Final = timedelta(days=7)


def nobody_pays(run: Run, moments: Sequence[Moment]) -> str | None:  # noqa: PLR0911 - one for each mistake
    """Return what is wrong where the customer never pays, None if nothing is."""
    if run.error:
        return f"nobody paid, and the workflow failed: {run.error}"
    reminders = [moment.after for moment in moments if moment.what == "send_reminder"]
    if run.is_open and not any(moment.what == "timer" for moment in moments):
        return "nobody paid, and the workflow waits for ever: it started no timer; give `wait_condition` a timeout"
    if not reminders:
        return "nobody paid, and the history orders no send_reminder"
    if len(reminders) != len(REMINDERS):
        return f"nobody paid, and {_times(len(reminders))} sent; asked for were {len(REMINDERS)}"
    end = moments[-1].after
    if found := _off_time([*reminders, end]):
        return found
    if run.result != "given up":
        return f"nobody paid, and the result was {run.result!r}, not 'given up'"
    return None


def pays_after_the_first(run: Run, moments: Sequence[Moment]) -> str | None:
    """Return what is wrong where the customer pays on day 1, after the first reminder; None if nothing is."""
    if run.error:
        return f"the customer paid, and the workflow failed: {run.error}"
    reminders = sum(moment.what == "send_reminder" for moment in moments)
    if reminders > 1:
        return f"the customer paid on day 1, and still {_times(reminders)} sent: look at `self._paid` before each"
    if run.result != "paid":
        return f"the customer paid on day 1, and the result was {run.result!r}, not 'paid'"
    late = moments[-1].after - REMINDERS[0]
    if late > timedelta():
        return f"the customer paid on day 1, and the workflow noticed {late} later: a sleep does not wake for a signal"
    return None


def _off_time(found: Sequence[timedelta]) -> str | None:
    wanted = (*REMINDERS, GIVES_UP)
    for name, mine, right in zip(("first reminder", "second reminder", "end"), found, wanted, strict=True):
        if mine == right:
            continue
        for unit in ("seconds", "minutes", "hours"):
            if mine == timedelta(**{unit: right.days}):
                return f"the {name} came after {mine}: those are {unit} in the place of days"
        if mine > right and mine == sum(wanted[: wanted.index(right) + 1], timedelta()):
            return f"the {name} came on day {mine.days}, not {right.days}: each wait counts from the one before it"
        return f"the {name} came {mine} after the start; asked for were {right}"
    return None


def _times(number: int) -> str:
    return "1 reminder was" if number == 1 else f"{number} reminders were"
