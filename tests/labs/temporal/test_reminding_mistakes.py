"""Mistakes of reminders that are told from what was done when; no server is asked."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from temporalio.client import WorkflowHistory

from labkit.labs.temporal import reminding
from labkit.labs.temporal.clock import Moment
from labkit.labs.temporal.play import Run

NONE = WorkflowHistory("lab04-1", [])
DAYS = ("days", (1, 3), 7)


def went(result: object, error: str = "") -> Run:
    return Run("lab04-1", result, error, NONE)


def moments(unit: str, reminders: Sequence[int], end: int) -> list[Moment]:
    sent = [Moment("send_reminder", timedelta(**{unit: number})) for number in reminders]
    return [Moment("timer", timedelta()), *sent, Moment("end", timedelta(**{unit: end}))]


@pytest.mark.parametrize(
    ("run", "done", "part"),
    [
        (went("given up"), ("seconds", (1, 3), 7), "those are seconds"),
        (went("given up"), ("minutes", (1, 3), 7), "those are minutes"),
        (went("given up"), ("hours", (1, 3), 7), "those are hours"),
        (went("given up"), ("days", (1, 4), 11), "the second reminder came on day 4, not 3"),
        (went("given up"), ("days", (2, 3), 7), "the first reminder came 2 days, 0:00:00 after the start"),
        (went("given up"), ("days", (1, 3, 7), 7), "3 reminders were sent; asked for were 2"),
        (went("given up"), ("days", (1,), 7), "1 reminder was sent"),
        (went("given up"), ("days", (), 7), "orders no send_reminder"),
        (went("done"), DAYS, "the result was 'done', not 'given up'"),
        (went(None, "TypeError: no"), DAYS, "the workflow failed: TypeError"),
    ],
)
def test_each_wrong_moment_gets_its_own_message(run: Run, done: tuple[str, Sequence[int], int], part: str) -> None:
    assert part in (reminding.nobody_pays(run, moments(*done)) or "")


def test_right_moments_have_nothing_wrong() -> None:
    assert reminding.nobody_pays(went("given up"), moments(*DAYS)) is None
    assert reminding.pays_after_the_first(went("paid"), moments("days", (1,), 1)) is None


def test_a_payment_must_end_it_with_its_own_word() -> None:
    assert "the result was 'given up', not 'paid'" in (
        reminding.pays_after_the_first(went("given up"), moments("days", (1,), 1)) or ""
    )
