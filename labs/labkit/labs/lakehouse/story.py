"""What the notebook shows between its exercises: answers of Trino as tables, the catalog in use, a table's history."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pyiceberg.catalog import Catalog as IcebergCatalog
from pyiceberg.table import Table

from labkit.errors import OutOfOrderError
from labkit.labs.lakehouse import files, names, sample, setup, trino_file
from labkit.panel import Panel
from labkit.servers import lake, polaris, trino_catalogs, warehouse

_KINDS = {"polaris": "Apache Polaris", "reference": "Apache Iceberg's reference REST catalog"}


def catalog_in_use() -> Panel:
    """Return which catalog runs, and what it keeps about whom."""
    if polaris.in_use():
        management = polaris.Management()
        catalogs = [one["name"] for one in management.send("GET", "/catalogs").json()["catalogs"]]
        lines = (f"It has users, roles and rights. It holds these catalogs: {', '.join(sorted(catalogs))}.",)
    else:
        lines = (
            "It has no users and no rights, and holds one catalog. Your requests to Polaris are compared, not sent.",
        )
    return Panel(_KINDS[trino_file.kind()], lines=lines)


def kind() -> Panel:
    """Return the `kind` that `catalog_file` will be given."""
    return Panel(f'kind == "{trino_file.kind()}"', lines=(_KINDS[trino_file.kind()],))


def load_in_trino(catalog_file: Callable[[str, str], str]) -> Panel:
    """Have Trino load the learner's file for good, and return what it knows now."""
    setup.open_trino(catalog_file)
    ours = sorted(trino_catalogs.loaded() & {names.CATALOG, "lakehouse"})
    return Panel("Trino's catalogs", lines=(", ".join(f"`{name}`" for name in ours),))


def fresh_table(catalog: IcebergCatalog, create: Callable[[IcebergCatalog, str, str], Table]) -> Table:
    """Make the lab's table anew with the learner's function."""
    lake.remove(catalog, names.TABLE)
    return create(catalog, names.TABLE, names.location(names.TABLE))


def ask(sql: str) -> Panel:
    """Return Trino's answer to a query on the lab's own namespace."""
    answer = warehouse.query(sql.replace("FROM payments", f"FROM {names.CATALOG}.{names.TABLE}"))
    rows = [tuple("" if cell is None else str(cell) for cell in row) for row in answer.rows]
    return Panel("Trino's answer", table=(tuple(answer.columns), *rows))


def metadata(table: Table) -> Panel:
    """Return the parts of a metadata.json that the lab speaks of."""
    found = files.metadata(table)
    (schema,) = (one for one in found["schemas"] if one["schema-id"] == found["current-schema-id"])
    (spec,) = (one for one in found["partition-specs"] if one["spec-id"] == found["default-spec-id"])
    log = [one["snapshot-id"] for one in found["snapshot-log"]]
    rows = [
        ("format-version", str(found["format-version"])),
        ("location", found["location"]),
        ("fields", ", ".join(f"{one['id']} {one['name']}: {one['type']}" for one in schema["fields"])),
        ("partition", ", ".join(f"{one['transform']} of field {one['source-id']}" for one in spec["fields"])),
        ("snapshots", str(len(found["snapshots"]))),
        ("current-snapshot-id", f"that of snapshot {log.index(found['current-snapshot-id']) + 1}"),
        ("metadata-log", f"{len(found.get('metadata-log', []))} older metadata.json, still in the bucket"),
    ]
    return Panel("metadata.json", table=(("key", "value"), *rows))


def in_cents(*amounts: str, day: int) -> list[dict[str, Any]]:
    """Return payments as the new till sends them: a hundred times the amount, and the new columns."""
    rows = sample.payments(*amounts, day=day)
    return [
        {
            **{key: row[key] for key in ("payment_id", "paid_at", "currency")},
            "amount": row["amount"] * 100,
            "memo": row["note"],
            "tip": Decimal("0.50"),
        }
        for row in rows
    ]


@dataclass
class _Memory:
    """The moment before the till broke."""

    at: datetime | None = None


_memory = _Memory()


def remember_now() -> None:
    """Remember this moment; a pause on both sides keeps it apart from the commits around it."""
    time.sleep(0.05)
    _memory.at = datetime.now(UTC)
    time.sleep(0.05)


def remembered() -> datetime:
    """Return the moment. Raises `OutOfOrderError` if there is none in this kernel."""
    if _memory.at is None:
        raise OutOfOrderError("the till has not broken yet", try_next="run the cell with `story.remember_now()` first.")
    return _memory.at


def history(table: Table) -> Panel:
    """Return which snapshot became current in which order, by its number in order of commit."""
    now = sample.again(table)
    numbers = {
        one.snapshot_id: number for number, one in enumerate(sorted(now.snapshots(), key=lambda s: s.timestamp_ms), 1)
    }
    rows = [(str(place), f"snapshot {numbers[one.snapshot_id]}") for place, one in enumerate(now.history(), 1)]
    return Panel(f"{len(numbers)} snapshots; which was current, in order", table=(("", "current"), *rows))
