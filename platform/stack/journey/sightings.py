"""What a trace finds: for each stage, where and when the event was seen there, if it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final


class Stage:
    """The stages of the pipeline, in the order in which an event passes them."""

    LEDGER: Final = "sender's ledger"
    WEBHOOKS: Final = "Kafka webhooks.stripe.*"
    ASIDE: Final = "Kafka unrouted and webhook DLQ"
    NORMALIZED: Final = "Kafka payments.normalized"
    VALIDATION_DLQ: Final = "Kafka payments.validation.dlq"
    WORKFLOW: Final = "Temporal workflow"
    BRONZE: Final = "PostgreSQL payment_events"
    QUARANTINE: Final = "PostgreSQL quarantine"
    ICEBERG: Final = "Iceberg payment_events"
    ICEBERG_QUARANTINE: Final = "Iceberg quarantine"
    FACTS: Final = "Trino fct_payments"


class Status(StrEnum):
    """The answer of one stage."""

    FOUND = "found"
    ABSENT = "absent"
    UNAVAILABLE = "unavailable"


Detail = str | int | float | bool | datetime | None


@dataclass(frozen=True)
class Sighting:
    """One place where the event is. `at` is when it got there (aware, UTC), None where the stage keeps no time."""

    where: str
    at: datetime | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)


@dataclass(frozen=True)
class StageReport:
    """What one stage answered. `reason` says why it could not be asked."""

    stage: str
    status: Status
    sightings: tuple[Sighting, ...] = ()
    reason: str | None = None


@dataclass(frozen=True)
class Journey:
    """One event's way through every stage, in the pipeline's order."""

    event_id: str
    catalog: str
    stages: tuple[StageReport, ...]

    @property
    def first(self) -> datetime | None:
        """When the first system saw the event."""
        return min(
            (sighting.at for report in self.stages for sighting in report.sightings if sighting.at), default=None
        )

    @property
    def seen(self) -> bool:
        """Whether any stage that could be asked has the event."""
        return any(report.status is Status.FOUND for report in self.stages)
