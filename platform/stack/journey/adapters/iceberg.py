"""The lake's two tables, read through the catalog by pyiceberg: no query engine in between."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchNamespaceError, NoSuchTableError, RESTError
from pyiceberg.expressions import EqualTo
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from services.ingestion.tables import BATCH_ID
from stack.journey.census import Ids, Payments, Quarantine
from stack.journey.errors import StageUnavailableError
from stack.journey.sightings import Sighting, Stage

EVENTS = "payment_events"
QUARANTINE = "payment_events_quarantine"


class IcebergStage:
    """The lake as a stage. `load` returns the catalog; it is called when asked, since the server may be down."""

    stages = (Stage.ICEBERG, Stage.ICEBERG_QUARANTINE)

    def __init__(self, load: Callable[[], Catalog], namespace: str = "data") -> None:
        self._load = load
        self._namespace = namespace

    def look(self, event_id: str) -> Mapping[str, Sequence[Sighting]]:
        """Return the event's rows, each with the snapshot whose commit brought it."""
        return {Stage.ICEBERG: self._rows(EVENTS, event_id), Stage.ICEBERG_QUARANTINE: self._rows(QUARANTINE, event_id)}

    def payments(self) -> Payments:
        """Return the ids and sums of the lake's `payment_events`."""
        rows = self._columns(EVENTS, "event_id", "currency", "amount_cents")
        if rows is None:
            return Payments(Ids.of(()), {})
        sums = rows.group_by("currency").aggregate([("amount_cents", "sum")]).to_pylist()
        return Payments(
            Ids.of(str(event_id) for event_id in rows["event_id"].to_pylist()),
            {row["currency"]: row["amount_cents_sum"] for row in sums},
        )

    def quarantine(self) -> Quarantine:
        """Return who is in the lake's quarantine."""
        rows = self._columns(QUARANTINE, "quarantine_id", "event_id")
        if rows is None:
            return Quarantine.of(())
        return Quarantine.of((row["quarantine_id"], row["event_id"]) for row in rows.to_pylist())

    def _rows(self, name: str, event_id: str) -> list[Sighting]:
        with self._table(name) as table:
            if table is None:
                return []
            columns = ("event_id", BATCH_ID)
            rows = (
                table.scan(row_filter=EqualTo(term="event_id", value=event_id), selected_fields=columns)
                .to_arrow()
                .to_pylist()
            )
            return [_sighting(name, row[BATCH_ID], table.metadata.snapshots) for row in rows]

    def _columns(self, name: str, *columns: str) -> pa.Table | None:
        with self._table(name) as table:
            return None if table is None else table.scan(selected_fields=columns).to_arrow()

    @contextmanager
    def _table(self, name: str) -> Iterator[Table | None]:
        """Yield the table, or None before the first batch has made it."""
        try:
            try:
                table = self._load().load_table((self._namespace, name))
            except (NoSuchTableError, NoSuchNamespaceError):
                table = None
            yield table
        except (OSError, RESTError) as error:  # a connection that is refused is an OSError, to requests as to pyarrow
            raise StageUnavailableError(f"the Iceberg catalog or its object store: {error}") from error


def _sighting(name: str, batch_id: str, snapshots: Sequence[Snapshot]) -> Sighting:
    """The batch is in the row; its snapshot carries it as a property, until it expires."""
    carriers = (item for item in snapshots if item.summary and item.summary.get(BATCH_ID) == batch_id)
    snapshot = next(carriers, None)
    return Sighting(
        where=f"{name} batch {batch_id}",
        at=datetime.fromtimestamp(snapshot.timestamp_ms / 1000, tz=UTC) if snapshot else None,
        details={"table": name, "batch_id": batch_id, "snapshot_id": snapshot.snapshot_id if snapshot else None},
    )
