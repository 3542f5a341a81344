"""Who is where: the event ids, and the sums of money, that each stage holds at one moment."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Ids:
    """The ids that a stage holds. `repeated` are those it holds more than once: each is a payment counted twice."""

    distinct: frozenset[str]
    repeated: frozenset[str] = frozenset()

    @classmethod
    def of(cls, ids: Iterable[str]) -> "Ids":
        """Count the ids of a stage's rows."""
        counts = Counter(ids)
        return cls(frozenset(counts), frozenset(key for key, count in counts.items() if count > 1))


# Sum of amount_cents by currency: never across currencies, and integers, so exact.
Sums = Mapping[str, int]


@dataclass(frozen=True)
class Payments:
    """A table of payments. `history` are the ids that entered at bronze by bulk load, past gateway and Kafka."""

    ids: Ids
    sums: Sums
    history: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Quarantine:
    """A quarantine table. `unnamed` are the quarantine ids of rows whose payload has no event id to be read.

    `events` repeats an id where an event was quarantined more than once, which is no fault;
    `rows` counts quarantine ids.
    """

    events: frozenset[str]
    unnamed: frozenset[str]
    rows: Ids

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str | None]]) -> "Quarantine":
        """Build from (quarantine_id, event_id) pairs."""
        pairs = list(rows)
        return cls(
            events=frozenset(event_id for _, event_id in pairs if event_id is not None),
            unnamed=frozenset(quarantine_id for quarantine_id, event_id in pairs if event_id is None),
            rows=Ids.of(quarantine_id for quarantine_id, _ in pairs),
        )


@dataclass(frozen=True)
class Census:
    """Every stage's holdings; None where the stage could not be asked, with the reason in `unavailable`."""

    accepted: Ids | None = None
    unrouted: Ids | None = None
    bronze: Payments | None = None
    bronze_quarantine: Quarantine | None = None
    iceberg: Payments | None = None
    iceberg_quarantine: Quarantine | None = None
    facts: Payments | None = None
    unavailable: Mapping[str, str] = field(default_factory=dict)
