"""Exercise 1: a windowed feature as it was known at a time."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.features import town
from labkit.labs.features.town import Event, utc
from labkit.spec import Passed

DAY: Final = timedelta(days=1)
QUESTIONS: Final = 200
NOW: Final = utc(20)


@dataclass(frozen=True)
class Case:
    """Events, what is right to say of them at `NOW`, and what to say to whom it is not clear."""

    events: Sequence[Event]
    right: int
    mistake: str


def event(occurred_at: datetime, available_at: datetime | None = None, kind: str = "payment") -> Event:
    """Return an event; known a quarter of an hour later, unless it says otherwise."""
    known = available_at or occurred_at + timedelta(minutes=15)
    return {"kind": kind, "amount_usd": 4.5, "occurred_at": occurred_at, "available_at": known}


CASES: Final = (
    Case([event(NOW - DAY), event(NOW - 2 * DAY), event(NOW - 3 * DAY)], 3, "of three payments it counts {found}"),
    Case([], 0, "a guest of whom nothing is known has {found} payments"),
    Case(
        [event(NOW - 8 * DAY), event(NOW - DAY)],
        1,
        "a payment of eight days ago is counted: the window has seven days",
    ),
    Case(
        [event(NOW - 8 * DAY, NOW - timedelta(hours=1))],
        0,
        "a payment of eight days ago that was known an hour ago is counted: how old it is tells `occurred_at`, "
        "whenever we heard of it",
    ),
    Case(
        [event(NOW - DAY, NOW + DAY)],
        0,
        "a payment is counted that happened yesterday, and is known tomorrow: who had asked at `at` would not have "
        "seen it. A feature counts what was *known*",
    ),
    Case([event(NOW + DAY)], 0, "a payment of tomorrow is counted"),
    Case([event(NOW - DAY, NOW)], 1, "what becomes known at the very moment `at` is known then, and is not counted"),
    Case([event(NOW - 7 * DAY)], 0, "a payment of exactly seven days ago is counted: it has just left the window"),
    Case(
        [event(NOW - DAY, kind=kind) for kind in ("failure", "refund", "report")],
        0,
        "a failed charge, a refund or a report is counted; asked for were payments",
    ),
)


def check(attempt: Attempt) -> Passed:
    """Try cases that are told by hand, then guests of the town, against the rows that the real service built."""
    attempt.written()
    for case in CASES:
        found = attempt([dict(one) for one in case.events], NOW)
        if isinstance(found, bool) or not isinstance(found, int):
            raise WrongAnswerError(f"`payments_7d` returned a {type(found).__name__}; a number of payments is an `int`")
        if found != case.right:
            raise WrongAnswerError(case.mistake.format(found=found))
    several = 0
    for customer_id, at, right in questions():
        found = attempt(town.events_of(customer_id), at)
        several += right > 1
        if found != right:
            raise WrongAnswerError(
                f"of a guest at {at:%Y-%m-%d %H:%M} the feature table says {right}, and `payments_7d` {found}"
            )
    return Passed(
        "what you count by hand is what the real service wrote",
        {
            "asked": f"{QUESTIONS} guests at random times",
            "with more than one payment": str(several),
            "compared with": f"customer_payments_7d in Iceberg's `{town.NAMESPACE}.customer_features`",
        },
    )


def questions() -> list[tuple[str, datetime, int]]:
    """Return guests, times, and what the feature table holds of them then: its newest row so far."""
    rng = random.Random(11)  # noqa: S311 - the same questions for everybody
    table = town.rows()[["customer_id", "event_timestamp", "customer_payments_7d"]]
    chosen = table.iloc[rng.sample(range(len(table)), QUESTIONS)]
    by_guest = {name: rows for name, rows in table.groupby("customer_id") if name in set(chosen["customer_id"])}
    asked = []
    for customer_id, moment in zip(chosen["customer_id"], chosen["event_timestamp"], strict=True):
        at = moment.to_pydatetime() + timedelta(minutes=rng.randrange(0, 600))
        so_far = by_guest[customer_id][lambda rows, at=at: rows["event_timestamp"] <= at]
        asked.append((customer_id, at, int(so_far["customer_payments_7d"].iloc[-1])))
    return asked
