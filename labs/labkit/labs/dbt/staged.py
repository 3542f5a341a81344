"""Exercise 1: a staging model, compiled by dbt in the real project and compared with what was loaded, row by row."""

from collections import Counter
from typing import Any, Final

from labkit.attempt import Attempt
from labkit.labs.dbt import answers, cafe, tables
from labkit.spec import Passed

KINDS: Final = {"charge.succeeded": "payment", "charge.failed": "failure", "refund.created": "refund"}
COLUMNS: Final = (
    *("event_id", "customer_id", "event_kind", "amount_cents", "card_country"),
    *("occurred_at", "ingested_at", "load_batch_id"),
)
Rows = list[dict[str, Any]]


def check(attempt: Attempt) -> Passed:
    """Compile the model, run it on the checks' source, and compare each event."""
    text = answers.text_of(attempt, model=True)
    tables.ready_for_checks()
    with tables.CHECKS.holding({"staging": text}):
        node = answers.answered(lambda: tables.CHECKS.compiled("stg_cafe_payments"), _why)
    if not node.sources:
        raise answers.wrong("it reads no source: dbt knows of nothing that the model depends on")
    found: Rows = answers.answered(lambda: answers.rows_of(node.compiled_code), _why)
    if mistake := answers.of_columns(found, COLUMNS) or _of_rows(found):
        raise answers.wrong(mistake, read=f"{answers.CHECKED_IN}.payment_events")
    return Passed(
        "dbt compiled your model in the real project, and Trino finds one row per event, each in its newest version",
        {
            "read": f"{answers.CHECKED_IN}.payment_events, {len(cafe.EVERYTHING)} rows",
            "made": f"{len(found)} rows; depends on {', '.join('.'.join(source) for source in node.sources)}",
        },
    )


def _why(message: str) -> str | None:
    if "recency" in message and "cannot be resolved" in message:
        return "a name that `select` gives is not known yet in `where` of the same select: put it into a `with` before"
    if "EXPRESSION_NOT_SCALAR" in message or "WHERE clause cannot contain" in message:
        return "`row_number()` cannot stand in a `where`: number the rows in a `with`, and choose in the next select"
    return None


def _of_rows(found: Rows) -> str | None:
    wanted = cafe.newest()
    count = Counter(row["event_id"] for row in found)
    for event_id, times in sorted(count.items()):
        if times > 1:
            batches = " and ".join(sorted({row["load_batch_id"] for row in found if row["event_id"] == event_id}))
            return f"{cafe.short(event_id)} has {times} rows, of {batches}: the grain is one row per event"
    for event_id, row in wanted.items():
        if event_id not in count:
            return f"{cafe.short(event_id)}, a {row['event_type']}, is missing: staging leaves no event out"
    in_order = sorted(found, key=lambda row: str(row["event_id"]))
    return next((said for row in in_order if (said := _of_row(row, wanted[row["event_id"]]))), None)


def _of_row(row: dict[str, Any], wanted: cafe.Row) -> str | None:
    name = cafe.short(row["event_id"])
    if row["load_batch_id"] != wanted["load_batch_id"]:
        return (
            f"of {name} there is the row of {row['load_batch_id']}, ingested {row['ingested_at']:%d %B %H:%M}; "
            "the one of "
            f"{wanted['load_batch_id']} is newer"
        )
    kind = KINDS.get(wanted["event_type"], "other")
    if row["event_kind"] != kind:
        return _of_kind(name, row["event_kind"], kind, wanted["event_type"])
    if row["amount_cents"] != wanted["amount_cents"]:
        return f"{name} has an `amount_cents` of {row['amount_cents']}; the source has {wanted['amount_cents']}"
    if row["occurred_at"] != wanted["provider_created_at"]:
        return f"`occurred_at` of {name} is not its `provider_created_at`: when it was loaded is not when it happened"
    changed = next((one for one in ("customer_id", "card_country") if row[one] != wanted[one]), None)
    return f"{name} has another `{changed}` than the source" if changed else None


def _of_kind(name: str, found: object, kind: str, event_type: str) -> str:
    if found == "payment" and kind == "other":
        return f"{name}, a {event_type}, is a `payment`: its charge is one, too, so revenue would count the money twice"
    if found is None:
        return f"{name}, a {event_type}, has an `event_kind` of null: a `case` without `else` gives null; say 'other'"
    return f"{name}, a {event_type}, is a {found!r}, not {kind!r}"
