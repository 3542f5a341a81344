"""When a failed payment would go through if it were tried again, and when the shop does try.

To learn: the best delay for each failure code. What made an attempt fail clears at a hidden time; a retry before it is
in vain. But the buyer's patience ends too, so waiting for ever is no plan. A processing error clears in minutes, a
bank's refusal in a day, an empty account on payday, an expired card when the customer enters the new one, a lost or
stolen card never.

The shop keeps to a schedule, whatever the code; a share of its retries gets a random delay instead (`retry_policy` is
then `explore`). Only these compare delays fairly: the schedule's second delay is seen by those alone whom the first
one did not help.
"""

import math
import random
from datetime import UTC, datetime
from typing import Final

from services.simulator.behaviour import failures
from services.simulator.chance import DAY_S, HOUR_S
from services.simulator.story import Failure, Retry

MAX_ATTEMPTS: Final = 4
SCHEDULE_S: Final = (1 * DAY_S, 3 * DAY_S, 5 * DAY_S)
EXPLORE_RATE: Final = 0.35
EXPLORE_FROM_S: Final = 5 * 60
EXPLORE_TO_S: Final = 10 * DAY_S
"""Random delays are spread evenly over the logarithm: as many between 10 minutes and 1 hour as between 1 and 6 days."""

PATIENCE_DAYS: Final = 9.0
PATIENCE_SPREAD: Final = 0.8
"""Median, and sigma of the logarithm, of how long the buyer still wants what they did not get."""

NEVER: Final = 2**62
OUTAGE_MINUTES: Final = 25
REFUSAL_HOURS: Final = 16.0
REFUSAL_SPREAD: Final = 0.5
REFUSED_FOR_GOOD_RATE: Final = 0.25
ODD_JOB_DAYS: Final = 9
"""Money may also come before payday: after this many days, on average."""
NEW_CARD_DAYS: Final = 5
CARD_NEVER_UPDATED_RATE: Final = 0.4


def clears_at(failure: Failure, at: int, payday: int, rng: random.Random) -> int:
    """Return when a retry would begin to succeed, in seconds since 1970; `NEVER` if no retry would.

    Args:
        failure: what the bank said at `at`.
        at: seconds since 1970.
        payday: the day of the month on which the customer's account is filled.
        rng: the dice.
    """
    if failure is failures.PROCESSING_ERROR:
        return at + int(rng.expovariate(1 / (OUTAGE_MINUTES * 60)))
    if failure is failures.DO_NOT_HONOR:
        hours = rng.lognormvariate(math.log(REFUSAL_HOURS), REFUSAL_SPREAD)
        return NEVER if rng.random() < REFUSED_FOR_GOOD_RATE else at + int(hours * HOUR_S)
    if failure is failures.INSUFFICIENT_FUNDS:
        return min(next_payday(at, payday), at + int(rng.expovariate(1 / (ODD_JOB_DAYS * DAY_S))))
    if failure is failures.EXPIRED_CARD:
        updated_at = at + int(rng.expovariate(1 / (NEW_CARD_DAYS * DAY_S)))
        return NEVER if rng.random() < CARD_NEVER_UPDATED_RATE else updated_at
    return NEVER


def next_payday(at: int, payday: int) -> int:
    """Return the next payday's morning (UTC), in seconds since 1970."""
    now = datetime.fromtimestamp(at, UTC)
    this_month = now.replace(day=payday, hour=6, minute=0, second=0)
    if this_month > now:
        return int(this_month.timestamp())
    return int(this_month.replace(year=now.year + now.month // 12, month=now.month % 12 + 1).timestamp())


def gives_up_at(at: int, rng: random.Random) -> int:
    """Return when the buyer cancels an order whose payment failed at `at`."""
    return at + int(DAY_S * rng.lognormvariate(math.log(PATIENCE_DAYS), PATIENCE_SPREAD))


def plan(number: int, rng: random.Random) -> Retry | None:
    """Return when the shop tries again after the failed attempt of this number; None after the last one."""
    if number >= MAX_ATTEMPTS:
        return None
    if rng.random() < EXPLORE_RATE:
        delay_s = EXPLORE_FROM_S * (EXPLORE_TO_S / EXPLORE_FROM_S) ** rng.random()
        return Retry(int(delay_s), "explore")
    return Retry(SCHEDULE_S[number - 1], "schedule")
