"""Wires the journey to the platform's settings. A lab or a test passes its own parts instead."""

from collections.abc import Sequence

from services.contracts import iceberg
from services.contracts.settings import Catalog, Kafka, Postgres, Temporal, Trino
from services.simulator.ledger import Ledger
from stack.journey.adapters.bronze import BronzeStage
from stack.journey.adapters.facts import FactsStage
from stack.journey.adapters.iceberg import IcebergStage
from stack.journey.adapters.kafka import KafkaStage
from stack.journey.adapters.ledger import AcceptedEvents, LedgerStage
from stack.journey.adapters.temporal import TemporalStage
from stack.journey.comparing import Reconciliation
from stack.journey.reconciling import ALL, LIVE, Counters
from stack.journey.reconciling import reconcile as _reconcile
from stack.journey.sightings import Journey
from stack.journey.tracing import Probe
from stack.journey.tracing import trace as _trace


def probes(ledger: AcceptedEvents | None = None) -> Sequence[Probe]:
    """Return every stage's probe, in the pipeline's order."""
    return (
        LedgerStage(ledger or Ledger.default()),
        KafkaStage(Kafka()),
        TemporalStage(Temporal()),
        BronzeStage(Postgres()),
        IcebergStage(iceberg.load),
        FactsStage(Trino()),
    )


def counters(ledger: AcceptedEvents | None = None) -> Counters:
    """Return how each stage is counted."""
    bronze, lake = BronzeStage(Postgres()), IcebergStage(iceberg.load)
    return Counters(
        accepted=LedgerStage(ledger or Ledger.default()).accepted,
        unrouted=KafkaStage(Kafka()).unrouted,
        bronze=bronze.payments,
        bronze_quarantine=bronze.quarantine,
        iceberg=lake.payments,
        iceberg_quarantine=lake.quarantine,
        facts=FactsStage(Trino()).payments,
    )


def trace(event_id: str) -> Journey:
    """Return where the event is in every system of this clone's platform."""
    return _trace(event_id, probes(), Catalog().kind)


def reconcile(wait_s: float = 0, *, live: bool = False) -> Reconciliation:
    """Compare all stages of this clone's platform, after at most `wait_s` seconds for the live part to settle.

    `live` leaves the lake out: then only the gateway's side, bronze and its quarantine are asked.
    """
    return _reconcile(counters(), wait_s, stages=LIVE if live else ALL)
