"""The invariant: every accepted event is in exactly the places where it must be, and no payment is counted twice.

accepted = unrouted + bronze + quarantine      (sets; bronze without the bulk history, which no sender sent)
Iceberg's two tables = bronze's two tables
fct_payments = bronze payment_events
sums of amount_cents, by currency, agree in all three
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stack.journey.census import Census, Ids, Payments, Quarantine


@dataclass(frozen=True)
class Comparison:
    """Two sets that must be equal. `left` and `right` name them; the rest are sorted ids, or `currency sum` pairs."""

    left: str
    right: str
    left_count: int
    right_count: int
    only_left: tuple[str, ...]
    only_right: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """Tell whether nothing is on one side only."""
        return not self.only_left and not self.only_right


@dataclass(frozen=True)
class Repetition:
    """Ids that a stage holds more than once."""

    stage: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Reconciliation:
    """What the census shows. Stages that could not be asked are in `census.unavailable`; theirs were not compared."""

    census: Census
    comparisons: tuple[Comparison, ...]
    repetitions: tuple[Repetition, ...]

    @property
    def equal(self) -> bool:
        """Tell whether all that could be compared agrees."""
        return not self.repetitions and all(comparison.equal for comparison in self.comparisons)

    @property
    def waits_for_batch(self) -> bool:
        """Tell whether the live part agrees, and the lake merely lacks what bronze has."""
        lake = [item for item in self.comparisons if item.left.startswith("bronze")]
        return (
            settled(self.census)
            and not self.repetitions
            and any(i.only_left for i in lake)
            and not any(i.only_right for i in lake)
        )

    @property
    def exit_code(self) -> int:
        """0: all agrees. 1: differences. 2: a stage could not be asked, so the answer is incomplete."""
        if self.census.unavailable:
            return 2
        return 0 if self.equal else 1


def compare(census: Census) -> Reconciliation:
    """Return every comparison that the census allows."""
    found = (*_live(census), *_lake(census), *_quarantines(census), *_facts(census))
    return Reconciliation(census, found, tuple(_repetitions(census)))


def settled(census: Census) -> bool:
    """Tell whether the live part of the pipeline holds exactly what was accepted: nothing is on its way any more."""
    live = list(_live(census))
    return bool(live) and all(comparison.equal for comparison in live)


def _live(census: Census) -> Iterator[Comparison]:
    if census.accepted and census.unrouted and census.bronze and census.bronze_quarantine:
        bronze = census.bronze.ids.distinct - census.bronze.history
        kept = census.unrouted.distinct | bronze | census.bronze_quarantine.events
        yield _sets("accepted", "unrouted + bronze + quarantine", census.accepted.distinct, kept)


def _lake(census: Census) -> Iterator[Comparison]:
    if census.bronze and census.iceberg:
        yield from _payments("bronze payment_events", "Iceberg payment_events", census.bronze, census.iceberg)


def _facts(census: Census) -> Iterator[Comparison]:
    if census.bronze and census.facts:
        yield from _payments("bronze payment_events", "fct_payments", census.bronze, census.facts)


def _quarantines(census: Census) -> Iterator[Comparison]:
    bronze, lake = census.bronze_quarantine, census.iceberg_quarantine
    if bronze and lake:
        yield _sets("bronze quarantine", "Iceberg quarantine", bronze.events, lake.events)
        yield _sets(
            "bronze quarantine without event id", "Iceberg quarantine without event id", bronze.unnamed, lake.unnamed
        )


def _payments(left: str, right: str, one: Payments, other: Payments) -> Iterator[Comparison]:
    yield _sets(left, right, one.ids.distinct, other.ids.distinct)
    yield _sets(f"amounts of {left}", f"amounts of {right}", _amounts(one), _amounts(other))


def _amounts(payments: Payments) -> frozenset[str]:
    return frozenset(f"{currency} {total}" for currency, total in payments.sums.items())


def _sets(left: str, right: str, one: frozenset[str], other: frozenset[str]) -> Comparison:
    return Comparison(left, right, len(one), len(other), tuple(sorted(one - other)), tuple(sorted(other - one)))


def _repetitions(census: Census) -> Iterable[Repetition]:
    def rows(stage: Payments | Quarantine | None) -> Ids:
        if stage is None:
            return Ids.of(())
        return stage.ids if isinstance(stage, Payments) else stage.rows

    held = {
        "bronze payment_events": rows(census.bronze),
        "Iceberg payment_events": rows(census.iceberg),
        "Iceberg quarantine": rows(census.iceberg_quarantine),
        "fct_payments": rows(census.facts),
    }
    return [Repetition(stage, tuple(sorted(ids.repeated))) for stage, ids in held.items() if ids.repeated]
