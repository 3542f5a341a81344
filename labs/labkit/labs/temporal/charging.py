"""What can be wrong with writing a charge: seen from the rows after one run, and after the run that follows a kill."""

from collections.abc import Mapping, Sequence
from typing import Any

from labkit.labs.temporal.shop import Order

Rows = Sequence[Mapping[str, Any]]


def after_one_run(rows: Rows, order: Order) -> str | None:
    """Return what is wrong with the rows of one run, None if nothing is."""
    if len(rows) != 1:
        return f"one run wrote {len(rows)} rows to `charges`; asked for was one"
    [row] = rows
    if row["event_id"] != order.event_id:
        return f"row {row['id']} does not carry the order's event_id, so that no second run can recognise it"
    if row["amount_cents"] != order.amount_cents:
        return f"row {row['id']} says {row['amount_cents']} cents; the order says {order.amount_cents}"
    return None


def after_two_runs(rows: Rows, before: Rows) -> str | None:
    """Return what is wrong with the rows after a second run, None if they are as they were."""
    if len(rows) > 1:
        return f"the second run, as after a kill, wrote another row: {len(rows)} rows, and the card is charged twice"
    if not rows:
        return "the second run, as after a kill, deleted the row of the first"
    [row], [old] = rows, before
    if row["amount_cents"] != old["amount_cents"]:
        return f"the second run changed row {row['id']} from {old['amount_cents']} to {row['amount_cents']} cents"
    if row["id"] != old["id"]:
        return f"the second run deleted row {old['id']} and wrote row {row['id']}: the time of the charge is lost"
    return None
