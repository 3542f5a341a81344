"""Timeouts and retries of each activity, as one table. The README shows it too.

All are local activities: they run inside the worker, within the workflow task that scheduled them, so that a payment
costs Temporal one workflow task and not five. That suits steps that are short and idempotent, for a worker that dies in
the middle runs them again. A wait longer than `HELD_AT_MOST` before the next attempt becomes a timer on the server.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from temporalio.common import RetryPolicy
from temporalio.workflow import LocalActivityConfig

HELD_AT_MOST: Final = timedelta(seconds=3)


@dataclass(frozen=True)
class ActivityPolicy:
    """How long one attempt may take, and how often it is made. `attempts` 0 means until it succeeds."""

    timeout_s: float
    attempts: int
    first_wait_s: float
    longest_wait_s: float

    def options(self) -> LocalActivityConfig:
        """Return the same in Temporal's words."""
        return LocalActivityConfig(
            start_to_close_timeout=timedelta(seconds=self.timeout_s),
            retry_policy=RetryPolicy(
                maximum_attempts=self.attempts,
                initial_interval=timedelta(seconds=self.first_wait_s),
                maximum_interval=timedelta(seconds=self.longest_wait_s),
            ),
            local_retry_threshold=HELD_AT_MOST,
        )


_INFERENCE: Final = ActivityPolicy(timeout_s=2, attempts=3, first_wait_s=0.2, longest_wait_s=1)
_DATABASE: Final = ActivityPolicy(timeout_s=10, attempts=0, first_wait_s=0.5, longest_wait_s=30)

POLICIES: Final = {
    "validate_business_rules": ActivityPolicy(timeout_s=2, attempts=3, first_wait_s=0.1, longest_wait_s=1),
    "score_fraud": _INFERENCE,
    "predict_churn": _INFERENCE,
    "plan_retry": _INFERENCE,
    "store_event": _DATABASE,
    "quarantine_event": _DATABASE,
}
