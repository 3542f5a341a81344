"""What the notebook shows between its exercises: both sides side by side, partitions, and versions of the table."""

from labkit.labs.ingestion.world import World, days_later
from labkit.panel import Panel
from labkit.servers import warehouse
from services.ingestion.tables import BATCH_ID, PAYMENT_EVENTS

__all__ = ["both_sides", "days_later", "partitions", "versions"]


def both_sides(world: World) -> Panel:
    """Return how many payments are where; which of them is what, an exercise finds out."""
    [bronze] = world.rows("SELECT count(*), count(*) FILTER (WHERE loaded_to_iceberg) AS marked FROM payment_events")
    rows = [
        ("payments in PostgreSQL", str(bronze["count"])),
        ("of these, marked as loaded", str(bronze["marked"])),
        ("payments in the Iceberg table", str(world.table().scan().count())),
    ]
    return Panel("Both sides", table=(("what", "how many"), *rows))


def partitions(world: World) -> Panel:
    """Return each partition of the table, as Trino sees it."""
    answer = warehouse.query(
        f"SELECT partition.ingested_at_day, record_count, file_count FROM {_in_trino(world, '$partitions')} ORDER BY 1"  # noqa: S608 - ours
    )
    rows = [tuple(str(cell) for cell in row) for row in answer.rows]
    return Panel("Partitions", table=(("ingested_at_day", "payments", "files"), *rows))


def versions(world: World) -> Panel:
    """Return each snapshot's number of payments in Trino, and which one is current."""
    table = world.table()
    current = table.metadata.current_snapshot_id
    rows = []
    for number, snapshot in enumerate(sorted(table.snapshots(), key=lambda one: one.timestamp_ms), start=1):
        query = f"SELECT count(*) FROM {_in_trino(world)} FOR VERSION AS OF {snapshot.snapshot_id}"  # noqa: S608 - ours
        [[count]] = warehouse.query(query).rows
        rows.append((str(number), str(count), "current" if snapshot.snapshot_id == current else ""))
    return Panel(f"Snapshots, by `{BATCH_ID}`", table=(("commit", "payments", ""), *rows))


def _in_trino(world: World, suffix: str = "") -> str:
    return f'lakehouse.{world.name}."{PAYMENT_EVENTS.name}{suffix}"'
