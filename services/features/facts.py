"""The marts, read: the facts that features and labels are counted from, at one snapshot."""

from dataclasses import dataclass

import pyarrow as pa
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import Table

from services.features.activity import COLUMNS, FRAUD_WARNING, KINDS
from services.features.errors import NoMartsError


@dataclass(frozen=True)
class Facts:
    """Rows of `fct_payments` that say something (columns: `activity.COLUMNS`), and the snapshot that they are of."""

    rows: pa.Table
    snapshot_id: int


def opened(catalog: Catalog, namespace: str) -> Table:
    """Return the table of facts. Raises `NoMartsError` if there is none."""
    name = f"{namespace}.fct_payments"
    try:
        return catalog.load_table(name)
    except NoSuchTableError:
        raise NoMartsError(f"{name} is not there; `python -m services.ingestion` builds the marts") from None


def read(catalog: Catalog, namespace: str, snapshot_id: int | None = None) -> Facts:
    """Return the facts of this snapshot, by default the current one.

    Raises:
        NoMartsError: there are none, or the snapshot has expired.
    """
    table = opened(catalog, namespace)
    snapshot = table.current_snapshot() if snapshot_id is None else table.snapshot_by_id(snapshot_id)
    if snapshot is None and snapshot_id is not None:
        raise NoMartsError(f"{namespace}.fct_payments has no snapshot {snapshot_id} any more; build the features again")
    wanted = f"event_kind in {KINDS} or event_type == '{FRAUD_WARNING}'"
    rows = (
        table.scan(wanted, selected_fields=COLUMNS, snapshot_id=snapshot.snapshot_id).to_arrow() if snapshot else None
    )
    if snapshot is None or rows is None or not rows.num_rows:
        raise NoMartsError(f"{namespace}.fct_payments is empty; `make history batch` fills it")
    return Facts(rows, snapshot.snapshot_id)
