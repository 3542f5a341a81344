"""What travels between the consumer, the workflow and its activities; Temporal's history holds it as JSON."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.contracts import tracing
from services.contracts.events import UnifiedEvent

Outcome = Literal["stored", "quarantined"]
UNTRACED: Final = f"00-{'0' * 32}-{'0' * 16}-00"
"""The `traceparent` of a payment that none was written down for; W3C has readers ignore it."""


@dataclass(frozen=True)
class Source:
    """The Kafka record that something was read from."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}:{self.partition}:{self.offset}"


@dataclass(frozen=True)
class Payment:
    """The input of the workflow, and of the activities that ask something about it.

    Workflows may run for longer than a version of this class is in use: a new field needs a default.
    """

    event: UnifiedEvent
    source: Source
    traceparent: str = UNTRACED

    def log_keys(self) -> dict[str, str]:
        """Return what every line of log about this payment carries."""
        return {"event_id": self.event.event_id, "trace_id": tracing.trace_id(self.traceparent)}


@dataclass(frozen=True)
class Violation:
    """Why an event may not be stored as a payment. The message never quotes the payload."""

    field: str
    message: str


@dataclass(frozen=True)
class Score:
    """What a model said, in [0, 1], and which model that was."""

    score: float
    risk_level: str
    model_version: str


@dataclass(frozen=True)
class RetryPlan:
    """How a failed payment is tried again; no delay where trying again by itself would be no use."""

    strategy: str
    delay_seconds: int | None
    model_version: str


@dataclass(frozen=True)
class Assessed:
    """A payment with all that was found out about it: the input of `store_event`."""

    payment: Payment
    fraud: Score
    churn: Score
    retry: RetryPlan | None
    processed_at: datetime


@dataclass(frozen=True)
class Rejected:
    """A payment that must not be stored as such: the input of `quarantine_event`."""

    payment: Payment
    reason: str
    violations: list[Violation]
