"""An event, a record and fakes for the orchestrator's ports."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from services.contracts.events import UnifiedEvent
from services.orchestrator.rows import Row

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EVENT = UnifiedEvent(
    event_id="stripe:evt_1",
    provider_event_id="evt_1",
    event_type="payment_intent.succeeded",
    payment_intent_id="pi_1",
    charge_id=None,
    merchant_id="acct_1",
    customer_id="cus_1",
    amount_cents=1_500,
    currency="USD",
    amount=Decimal("15.00"),
    payment_method_type="card",
    card_brand="visa",
    card_last_four="4242",
    card_country="US",
    status="succeeded",
    failure_code=None,
    failure_message=None,
    attempt_number=1,
    provider_created_at=NOW,
    normalized_at=NOW,
    metadata={"order": "7"},
)


@dataclass
class FakeRecord:
    """A Kafka record."""

    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()
    topic: str = "some.topic"
    partition: int = 2
    offset: int = 41
    timestamp: int = 1_795_435_200_000


@dataclass
class FakeBronze:
    """Keeps rows in lists; raises the errors it is given, one a call."""

    stored: list[Row] = field(default_factory=list)
    quarantined: list[Row] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    async def store(self, row: Row) -> None:
        self._fail()
        self.stored.append(row)

    async def quarantine(self, row: Row) -> None:
        self._fail()
        self.quarantined.append(row)

    def _fail(self) -> None:
        if self.errors:
            raise self.errors.pop(0)
