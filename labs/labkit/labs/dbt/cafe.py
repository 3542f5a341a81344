"""The café's payments of a week in March, as the ingestion would have loaded them: three batches, the last one late."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

Row = dict[str, Any]

FIRST, SECOND, LATE = "batch-9f", "batch-3c", "batch-61"
"""Ids of batches, like real ones, say nothing about their order."""
ADA, BOB, CEM = "cus_ada", "cus_bob", "cus_cem"
PAID, FAILED = "charge.succeeded", "charge.failed"


def at(day: int, clock: str = "09:00") -> datetime:
    """Return a moment of March 2026, UTC."""
    hour, minute = clock.split(":")
    return datetime(2026, 3, day, int(hour), int(minute), tzinfo=UTC)


def _row(  # noqa: PLR0913 - a row has columns
    number: int,
    occurred_at: datetime,
    amount_cents: int,
    customer_id: str | None = None,
    card_country: str | None = None,
    *,
    event_type: str = PAID,
    ingested_at: datetime,
    batch: str,
) -> Row:
    name = f"evt_cafe_{number:02}"
    kind = "failed" if event_type == FAILED else "succeeded"
    return {
        "event_id": f"stripe:{name}",
        "provider": "stripe",
        "provider_event_id": name,
        "event_type": event_type,
        "charge_id": f"ch_cafe_{number:02}",
        "merchant_id": "acct_cafe",
        "customer_id": customer_id,
        "amount_cents": amount_cents,
        "currency": "USD",
        "amount": Decimal(amount_cents).scaleb(-2),
        "card_country": card_country,
        "status": kind,
        "attempt_number": 1,
        "provider_created_at": occurred_at,
        "normalized_at": occurred_at,
        "metadata": "{}",
        "schema_version": 1,
        "source": "gateway",
        "validation_status": "valid",
        "processed_at": ingested_at,
        "ingested_at": ingested_at,
        "load_batch_id": batch,
    }


def _batch(batch: str, ingested_at: datetime, *rows: tuple[Any, ...]) -> list[Row]:
    made = []
    for number, occurred_at, cents, *rest in rows:
        values: list[Any] = [*rest, *(None, None, PAID)[len(rest) :]]
        customer_id, country, event_type = values
        made.append(
            _row(
                number, occurred_at, cents, customer_id, country,
                event_type=event_type, ingested_at=ingested_at, batch=batch,
            )
        )  # fmt: skip
    return made


ON_TIME: Final[Sequence[list[Row]]] = (
    _batch(
        FIRST,
        at(10, "08:00"),
        (1, at(2), 6_000, ADA),
        (2, at(2), 6_000, ADA, None, "payment_intent.succeeded"),
        (3, at(2, "10:00"), 4_000, BOB, "US", FAILED),
        (4, at(3, "12:00"), 1_000, BOB, "US"),
        (5, at(4), 2_000, ADA, "US"),
        (6, at(6), 42_000, ADA, "US"),
        (7, at(6, "11:00"), 350),
        (8, at(7), 500, ADA, "DE"),
        (9, at(8), 700, ADA, "US"),
        (10, at(9), 300, ADA, "US"),
        (11, at(9, "10:00"), 350, None, None, "refund.created"),
        (12, at(4, "10:00"), 900, CEM),
        (13, at(5, "10:00"), 900, CEM, "US"),
    ),
    # Loaded again, after a correction: Bob's breakfast for eight.
    _batch(SECOND, at(10, "09:00"), (4, at(3, "12:00"), 10_000, BOB, "US"), (14, at(10, "08:30"), 500, BOB, "US")),
)
_TILL = _batch(LATE, at(11, "08:00"), (15, at(3, "18:00"), 4_500, ADA, "US"), (7, at(6, "11:00"), 400))
# Stored before what the second batch has, visible after it: its transaction took longer.
_OVERTAKEN = _batch(LATE, at(10, "08:59"), (16, at(8, "20:00"), 800, ADA, "DE"))
_NEW = _batch(LATE, at(11, "10:00"), (17, at(11), 600, BOB, "US"))
LATE_ROWS: Final[list[Row]] = [*_TILL, *_OVERTAKEN, *_NEW]

EVERYTHING: Final[list[Row]] = [*(row for batch in ON_TIME for row in batch), *LATE_ROWS]


def newest() -> dict[str, Row]:
    """Return the row of each event that counts, once all is there."""
    return {row["event_id"]: row for row in sorted(EVERYTHING, key=lambda row: row["ingested_at"])}


Version = tuple[str, datetime, str, str | None]
VERSIONS: Final[Sequence[Version]] = (
    (ADA, at(2), "bronze", None),
    (ADA, at(3, "18:00"), "silver", "US"),
    (ADA, at(6), "gold", "US"),
    (ADA, at(7), "gold", "DE"),
    (ADA, at(8), "gold", "US"),
    (ADA, at(8, "20:00"), "gold", "DE"),
    (ADA, at(9), "gold", "US"),
    (BOB, at(2, "10:00"), "bronze", "US"),
    (BOB, at(3, "12:00"), "silver", "US"),
    (CEM, at(4, "10:00"), "bronze", None),
    (CEM, at(5, "10:00"), "bronze", "US"),
)
"""Guest, start, tier and country of each version, once all is there; counted by hand."""


def version_at(customer_id: str | None, moment: datetime) -> datetime | None:
    """Return when the version of a guest began that held at a moment; None for a guest without a name."""
    return max((start for guest, start, *_ in VERSIONS if guest == customer_id and start <= moment), default=None)


def short(event_id: str) -> str:
    """Return an event's id as the lab's texts call it."""
    return event_id.removeprefix("stripe:")
