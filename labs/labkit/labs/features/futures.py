"""Exercise 3: finding a leak without knowing where it is: hide the future, and see whether the feature notices."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.features import town
from labkit.labs.features.town import Event, utc
from labkit.labs.features.windows import event
from labkit.spec import Passed

Feature = Callable[[Sequence[Event], datetime], float]
DAY: Final = timedelta(days=1)
WEEK: Final = 7 * DAY


def _known(events: Sequence[Event], at: datetime) -> list[Event]:
    return [one for one in events if one["available_at"] <= at]


def payments_7d(events: Sequence[Event], at: datetime) -> float:
    """Count the payments of the last seven days that were known: honest."""
    return len([one for one in _known(events, at) if one["kind"] == "payment" and one["occurred_at"] > at - WEEK])


def mean_amount(events: Sequence[Event], at: datetime) -> float:
    """Return the mean amount of what was known, NaN without a payment: honest."""
    amounts = [one["amount_usd"] for one in _known(events, at) if one["kind"] == "payment"]
    return float(sum(amounts)) / len(amounts) if amounts else math.nan


def hour_of_day(_events: Sequence[Event], at: datetime) -> float:
    """Depend on the time alone: honest."""
    return at.hour


def happened_7d(events: Sequence[Event], at: datetime) -> float:
    """Count what had happened, known or not: leaks what arrives late."""
    return len([one for one in events if one["kind"] == "payment" and at - WEEK < one["occurred_at"] <= at])


def reports(events: Sequence[Event], _at: datetime) -> float:
    """Count reports of fraud, whenever they came: the classic."""
    return len([one for one in events if one["kind"] == "report"])


def above_lifetime_mean(events: Sequence[Event], at: datetime) -> float:
    """Compare the newest amount with the mean of all payments, later ones too: leaks through an average."""
    amounts = [one["amount_usd"] for one in events if one["kind"] == "payment"]
    newest = [one["amount_usd"] for one in _known(events, at) if one["kind"] == "payment"][-1:]
    return float(newest[0]) - sum(amounts) / len(amounts) if newest else math.nan


@dataclass(frozen=True)
class Suspect:
    """A feature, whether it sees the future, and what to say of a wrong verdict."""

    feature: Feature
    leaks: bool
    mistake: str


NOW: Final = utc(20)
MOMENTS: Final = tuple(NOW + day * DAY for day in range(5))
LATE: Final = [event(NOW - DAY), event(NOW - DAY, NOW + 3 * DAY + timedelta(hours=1))]
REPORTED: Final = [event(NOW - DAY), event(NOW + 2 * DAY, kind="report")]
GROWING: Final = [event(NOW - DAY), event(NOW + 2 * DAY) | {"amount_usd": 900.0}]
FROM_THE_SECOND: Final = [event(NOW + DAY + timedelta(hours=1)), event(NOW + 9 * DAY) | {"amount_usd": 900.0}]
SUSPECTS: Final = (
    (REPORTED, Suspect(reports, leaks=True, mistake="it counts reports, whenever they came, and you call it honest")),
    (
        LATE,
        Suspect(
            happened_7d,
            leaks=True,
            mistake="it counts a payment that had happened, and was known only days later; you call it honest. What "
            "had happened is not what was known: hide by `available_at`",
        ),
    ),
    (
        GROWING,
        Suspect(
            above_lifetime_mean, leaks=True, mistake="it compares with a mean of all times, and you call it honest"
        ),
    ),
    (
        FROM_THE_SECOND,
        Suspect(
            above_lifetime_mean,
            leaks=True,
            mistake="at the first moment it gives NaN either way, at later ones it knows the future, and you call it "
            "honest: one moment is enough to be convicted, every moment has to be tried",
        ),
    ),
    (
        [event(NOW - DAY, NOW)],
        Suspect(
            payments_7d,
            leaks=False,
            mistake="a fact that became known at the very moment is known; you hid it, and call the feature a leak",
        ),
    ),
    (
        [event(NOW + 9 * DAY)],
        Suspect(
            mean_amount,
            leaks=False,
            mistake="with the future and without it, it gives NaN, and you call that a difference: NaN is not equal to "
            "itself",
        ),
    ),
    (GROWING, Suspect(payments_7d, leaks=False, mistake="it counts what was known, and you call it a leak")),
    (LATE, Suspect(hour_of_day, leaks=False, mistake="it depends on the time alone, and you call it a leak")),
)


def check(attempt: Attempt) -> Passed:
    """Put features before the detector, honest ones and others, with made-up guests; then on the town's busiest."""
    attempt.written()
    for events, suspect in SUSPECTS:
        verdict = attempt(suspect.feature, [dict(one) for one in events], MOMENTS)
        if not isinstance(verdict, bool):
            raise WrongAnswerError(
                f"`sees_the_future` returned a {type(verdict).__name__}; the verdict is True or False"
            )
        if verdict != suspect.leaks:
            raise WrongAnswerError(f"`{suspect.feature.__name__}`: {suspect.mistake}")
    events = town.events_of(town.busiest())
    moments = [one["occurred_at"] for one in events]
    honest, leaking = (attempt(feature, events, moments) for feature in (payments_7d, happened_7d))
    if honest or not leaking:
        raise WrongAnswerError("on the made-up guests every verdict is right, on the town's busiest guest it is not")
    return Passed(
        "you tell a leak without reading the feature's code: hide the future, and see whether it notices",
        {"suspects": str(len(SUSPECTS)), "of the busiest guest": f"{len(events)} events, and as many moments"},
    )
