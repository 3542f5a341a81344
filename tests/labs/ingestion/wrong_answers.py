"""Wrong answers that learners give, each with the part of the message that only it must get."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from labkit.labs.ingestion.world import Connection
from services.ingestion.io_manager import UnloadedRows
from services.ingestion.postgres import PostgresResource
from services.ingestion.tables import PAYMENT_EVENTS, QUARANTINE

from .wrong_loads import LOAD, its_own_first

WAITS = "NOT loaded_to_iceberg AND load_batch_id IS NULL"
OLDEST = f"id IN (SELECT id FROM payment_events WHERE {WAITS} ORDER BY id LIMIT %s)"  # noqa: S608 - our own
MARK = "(SELECT coalesce(max({0}), '{1}') FROM payment_events WHERE load_batch_id IS NOT NULL)"


def claims(where: str, *, limit: bool = True, said: Any = None) -> Any:  # noqa: ANN401
    def claim(connection: Connection, batch_id: str, max_rows: int) -> Any:  # noqa: ANN401
        values = [batch_id, max_rows] if limit else [batch_id]
        done = connection.execute(f"UPDATE payment_events SET load_batch_id = %s WHERE {where}".encode(), values)  # noqa: S608 - as above
        return done.rowcount if said is None else said(done)

    return claim


def above(column: str, lowest: str) -> Any:  # noqa: ANN401
    mark = f"{column} > {MARK.format(column, lowest)}"
    return claims(f"id IN (SELECT id FROM payment_events WHERE {mark} ORDER BY id LIMIT %s) AND {mark}")  # noqa: S608 - as above


def only_reads(connection: Connection, _batch_id: str, max_rows: int) -> int:
    waiting = f"SELECT id FROM payment_events WHERE {OLDEST}"  # noqa: S608 - as above
    return len(connection.execute(waiting.encode(), [max_rows]).fetchall())


MARKED = "SELECT event_id FROM payment_events WHERE loaded_to_iceberg"


def ids_of(connection: Connection, query: str = MARKED) -> set[str]:
    return {row["event_id"] for row in connection.execute(query.encode()).fetchall()}


def in_lake(table: Any) -> list[str]:  # noqa: ANN401
    found: list[str] = table.scan(selected_fields=("event_id",)).to_arrow()["event_id"].to_pylist()
    return found


def doubles(table: Any) -> set[str]:  # noqa: ANN401
    found = in_lake(table)
    return {event for event in found if found.count(event) > 1}


GOOD: dict[str, Any] = {
    "name": "payment_events",
    "key_prefix": "lab06",
    "group_name": "payment_ingestion",
    "io_manager_key": "iceberg_io_manager",
    "metadata": {"partition_expr": "ingested_at"},
}


def assets(returned: Any = None, **changes: Any) -> Any:  # noqa: ANN401
    """Return an exercise's answer: an asset with these arguments changed, or left out where they are None."""

    def bronze_asset() -> Any:  # noqa: ANN401
        arguments = {name: value for name, value in (GOOD | changes).items() if value is not None}

        @dg.asset(**arguments)  # type: ignore[untyped-decorator]  # by its overloads
        def asset(postgres: dg.ResourceParam[PostgresResource]) -> Any:  # noqa: ANN401
            return returned(postgres) if returned else UnloadedRows(PAYMENT_EVENTS, postgres)

        return asset

    return bronze_asset


def asks_for_nothing() -> Any:  # noqa: ANN401
    @dg.asset(**GOOD)  # type: ignore[untyped-decorator]  # as above
    def asset() -> Any:  # noqa: ANN401
        return None

    return asset


def total(events: Any, day: date, totals: Any, **changes: str) -> Any:  # noqa: ANN401
    """Return the day's row as a table, for a reading of the day with another column, beginning or end."""
    start = datetime.combine(day, time(), UTC)
    by = {"column": "ingested_at", "first": ">=", "last": "<", "zone": "+00:00"} | changes
    bounds = [f"{one:%Y-%m-%dT%H:%M:%S}{by['zone']}" for one in (start, start + timedelta(days=1))]
    where = f"{by['column']} {by['first']} '{bounds[0]}' and {by['column']} {by['last']} '{bounds[1]}'"
    found = events.scan(where).to_arrow()
    row = {"day": day, "events": found.num_rows, "amount": pc.sum(found["amount"]).as_py()}
    return pa.Table.from_pylist([row], schema=totals.schema().as_arrow())


def replaces(**changes: str) -> Any:  # noqa: ANN401
    def daily_totals(day: date, events: Any, totals: Any) -> None:  # noqa: ANN401
        totals.overwrite(total(events, day, totals, **changes), overwrite_filter=f"day == '{day}'")

    return daily_totals


def every_payment(day: date, events: Any, totals: Any) -> None:  # noqa: ANN401
    found = events.scan().to_arrow()
    row = {"day": day, "events": found.num_rows, "amount": pc.sum(found["amount"]).as_py()}
    new = pa.Table.from_pylist([row], schema=totals.schema().as_arrow())
    totals.overwrite(new, overwrite_filter=f"day == '{day}'")


def in_two_commits(day: date, events: Any, totals: Any) -> None:  # noqa: ANN401
    new = total(events, day, totals)
    totals.delete(f"day == '{day}'")
    totals.append(new)


def in_cents(day: date, events: Any, totals: Any) -> None:  # noqa: ANN401
    new = total(events, day, totals).to_pylist()
    new[0]["amount"] *= 100
    rows = pa.Table.from_pylist(new, schema=totals.schema().as_arrow())
    totals.overwrite(rows, overwrite_filter=f"day == '{day}'")


UNMARK = "UPDATE payment_events SET loaded_to_iceberg = false, loaded_at = NULL"
OF_BATCH = " WHERE load_batch_id = %s"


def unmark(connection: Connection, batch_id: str, update: str = UNMARK + OF_BATCH) -> None:
    connection.execute(update.encode(), [batch_id] * update.count("%s"))


def roll_back(table: Any, batch_id: str, generations: int = 1) -> None:  # noqa: ANN401
    [snapshot] = [one for one in table.snapshots() if one.summary["load_batch_id"] == batch_id]
    for _ in range(generations):
        snapshot = table.snapshot_by_id(snapshot.parent_snapshot_id)
    table.manage_snapshots().rollback_to_snapshot(snapshot.snapshot_id).commit()


def undoes(update: str = UNMARK + OF_BATCH, generations: int = 1) -> Any:  # noqa: ANN401
    def undo(connection: Connection, table: Any, batch_id: str) -> None:  # noqa: ANN401
        unmark(connection, batch_id, update)
        roll_back(table, batch_id, generations)

    return undo


def table_first(connection: Connection, table: Any, batch_id: str) -> None:  # noqa: ANN401
    roll_back(table, batch_id)
    unmark(connection, batch_id)


def deletes(connection: Connection, table: Any, batch_id: str) -> None:  # noqa: ANN401
    unmark(connection, batch_id)
    table.delete(f"load_batch_id == '{batch_id}'")


WRONG: dict[str, dict[str, tuple[Any, str]]] = {
    "claim": {
        "above the highest id": (above("id", "0"), "row 1 was inserted first and committed last"),
        "above the newest time": (above("ingested_at", "2000-01-01"), "row 1 was inserted first and committed last"),
        "no limit": (claims(WAITS, limit=False), "the claim took 5: how many one commit may have"),
        "steals open batches": (
            claims(OLDEST.replace(" AND load_batch_id IS NULL", "") + " AND NOT loaded_to_iceberg"),
            "a row of an open batch was taken from it",
        ),
        "loaded rows too": (
            claims("id IN (SELECT id FROM payment_events ORDER BY id LIMIT %s)"),
            "a row that had been loaded was claimed again",
        ),
        "the subquery alone": (claims(OLDEST), "two sessions claimed at once"),
        "SQL that is none": (claims(f"{WAITS} ORDER BY id LIMIT %s"), "PostgreSQL refused the claim"),
        "reads only": (only_reads, "nobody has them, and nobody will"),
        "the cursor": (claims(f"{OLDEST} AND {WAITS}", said=lambda done: done), "`claim` returned a Cursor"),
        "always the limit": (claims(f"{OLDEST} AND {WAITS}", said=lambda _: 3), "and `claim` returned 3, 3, 3"),
    },
    "audit": {
        "counts": (
            lambda c, t: (len(ids_of(c)) - len(set(in_lake(t))), len(doubles(t))),
            "one lost and one doubled make the counts agree",
        ),
        "one set": (lambda c, t: ids_of(c) - set(in_lake(t)), "asked for were two sets"),
        "what waits is lost": (
            lambda c, t: (ids_of(c, "SELECT event_id FROM payment_events") - set(in_lake(t)), doubles(t)),
            "it waits, and is not lost",
        ),
        "what is not marked": (
            lambda c, t: (ids_of(c, MARKED.replace("WHERE", "WHERE NOT")) & set(in_lake(t)), doubles(t)),
            "not lost, the next batch will",
        ),
        "the other way round": (
            lambda c, t: (set(in_lake(t)) - ids_of(c), doubles(t)),
            "not lost, the next batch will",
        ),
        "sets hide doubles": (
            lambda c, t: (ids_of(c) - set(in_lake(t)), {event for event in set(in_lake(t)) if event is None}),
            "a set holds each id but once",
        ),
        "rows": (
            lambda c, t: (
                {tuple(row.values()) for row in c.execute(MARKED.encode()).fetchall()} - {(e,) for e in in_lake(t)},
                doubles(t),
            ),
            "the sets hold tuples",
        ),
        "lists": (lambda c, t: (sorted(ids_of(c) - set(in_lake(t))), sorted(doubles(t))), "one of the two is a list"),
        "nothing lost": (lambda _c, t: (set(), doubles(t)), "2 payments are marked as loaded"),
    },
    "load": LOAD,
    "bronze_asset": {
        "a function": (lambda: lambda postgres: UnloadedRows(PAYMENT_EVENTS, postgres), "returned a function"),
        "no prefix": (assets(key_prefix=None), "the asset's key is `payment_events`"),
        "a dot": (assets(name=None, key_prefix=None, key=["lab06", "events"]), "the asset's key is `lab06/events`"),
        "no IO manager": (assets(io_manager_key=None), "green in the UI, and not a row in the table"),
        "asks for nothing": (asks_for_nothing, "does not ask for the resource `postgres`"),
        "the default group": (assets(group_name=None), "the asset is in the group `default`"),
        "no metadata": (assets(metadata=None), "the metadata does not say `partition_expr`"),
        "nothing returned": (assets(lambda _: 0), "the asset returned a int"),
        "the rows": (
            assets(lambda p: list(p.get_unloaded_events(PAYMENT_EVENTS, "none", p.columns(PAYMENT_EVENTS)))),
            "the asset returned a list",
        ),
        "the other table": (assets(lambda p: UnloadedRows(QUARANTINE, p)), "the rows are those of"),
        "raises": (assets(lambda p: p.get_rows()), "Dagster's run failed"),
    },
    "daily_totals": {
        "appends": (lambda d, e, t: t.append(total(e, d, t)), "a run that is repeated replaces"),
        "the whole table": (lambda d, e, t: t.overwrite(total(e, d, t)), "the run of another day took it away"),
        "up to and with midnight": (replaces(last="<="), "so the end is `<`, not `<=`"),
        "after midnight": (replaces(first=">"), "so the beginning is `>=`, not `>`"),
        "when the customer paid": (replaces(column="provider_created_at"), "these are by `provider_created_at`"),
        "every payment": (every_payment, "that is every payment in the table"),
        "no zone": (replaces(zone=""), "Missing zone offset"),
        "two commits": (in_two_commits, "made 2 commits"),
        "in cents": (in_cents, "dollars were taken in"),
        "nothing written": (lambda d, e, t: total(e, d, t), "nothing was written"),
    },
    "undo": {
        "bronze only": (lambda c, _t, b: unmark(c, b), "The current snapshot is still the batch's own"),
        "the table only": (lambda _c, t, b: roll_back(t, b), "are still marked as loaded"),
        "its own snapshot": (undoes(generations=0), "The current snapshot is still the batch's own"),
        "one too far": (undoes(generations=2), "went with the bad one"),
        "every row": (undoes(UNMARK), "was there a WHERE?"),
        "the id goes too": (
            undoes(UNMARK + ", load_batch_id = NULL" + OF_BATCH),
            "the real ingestion refuses to load",
        ),
        "deletes": (deletes, "To delete rows is a commit on top"),
        "the table first": (table_first, "What is unmarked"),
    },
}


RIGHT: dict[str, dict[str, Any]] = {
    "claim": {
        "skipping what is locked": claims(OLDEST.replace("LIMIT %s", "LIMIT %s FOR UPDATE SKIP LOCKED")),
        "up to an id": claims(f"{WAITS} AND id <= (SELECT max(id) FROM ({OLDEST[7:-1]}) AS oldest)"),  # noqa: S608 - as above
    },
    "load": {"its own first": its_own_first},
}
