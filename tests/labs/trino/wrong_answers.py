"""Wrong answers that learners give, each with the part of the message that only it must get."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from labkit.labs.trino import table
from labkit.labs.trino.asking import Query

Files = list[dict[str, Any]]


def prepare() -> None:
    """The table that is only read."""
    table.payments()


def where(condition: str, columns: str = "currency, count(*), sum(amount)") -> Callable[[date], str]:
    def one_day(day: date) -> str:
        bounds = {"day": day, "next": day + timedelta(days=1), "before": day - timedelta(days=1)}
        return f"SELECT {columns} FROM payments WHERE {condition.format(**bounds)} GROUP BY currency"  # noqa: S608

    return one_day


def between(first: str, last: str, operator: str = "<", zone: str = "UTC") -> str:
    midnight = f"00:00:00 {zone}"
    return f"paid_at >= TIMESTAMP '{{{first}}} {midnight}' AND paid_at {operator} TIMESTAMP '{{{last}}} {midnight}'"


THE_DAY = between("day", "next")
HIDDEN = "what is asked of a function of `paid_at`"


def kept(may: Callable[[Any, Any, int], bool]) -> Callable[[Files, int], set[str]]:
    return lambda files, value: {one["path"] for one in files if may(one["lower"], one["upper"], value)}


def known(may: Callable[[Any, Any, int], bool]) -> Callable[[Files, int], set[str]]:
    return kept(lambda lower, upper, value: lower is None or may(lower, upper, value))


def plan(query: Query, sql: str, how: str = "EXPLAIN (FORMAT JSON)") -> Any:  # noqa: ANN401
    [[text]] = query(f"{how} {sql}")
    return json.loads(text)


def outermost(found: Any) -> Any:  # noqa: ANN401
    return found["0"]["estimates"][0]["outputRowCount"]


def not_a_number(query: Query, sql: str) -> float:
    return float(outermost(plan(query, sql)))


def of_the_scan(query: Query, sql: str) -> float | None:
    node = plan(query, sql)["1"]
    while node["children"]:
        [node] = node["children"]
    rows: Any = node["estimates"][0]["outputRowCount"]
    return None if rows == "NaN" else rows


def never_knows(query: Query, sql: str) -> None:
    plan(query, sql)


def as_text(query: Query, sql: str) -> str | None:
    rows = outermost(plan(query, sql))
    return None if rows == "NaN" else str(rows)


def explains_by_running(query: Query, sql: str) -> Any:  # noqa: ANN401
    return query(f"EXPLAIN ANALYZE {sql}")[0][0]


def optimize(query: Query, name: str, threshold: str = "128MB") -> None:
    query(f"ALTER TABLE {name} EXECUTE optimize(file_size_threshold => '{threshold}')")


def rewritten(query: Query, name: str) -> None:
    query(f"CREATE TABLE {name}_new AS SELECT * FROM {name}")  # noqa: S608
    query(f"DROP TABLE {name}")
    query(f"ALTER TABLE {name}_new RENAME TO {name}")


def deleted_and_inserted(query: Query, name: str) -> None:
    query(f"CREATE TABLE {name}_copy AS SELECT * FROM {name}")  # noqa: S608
    query(f"DELETE FROM {name}")  # noqa: S608
    query(f"INSERT INTO {name} SELECT * FROM {name}_copy")  # noqa: S608
    query(f"DROP TABLE {name}_copy")


def inserted(query: Query, name: str) -> None:
    query(f"INSERT INTO {name} SELECT * FROM {name}")  # noqa: S608


def and_forgets(query: Query, name: str) -> None:
    optimize(query, name)
    expires()(query, name, timedelta(0))


PROCEDURES = ("expire_snapshots", "remove_orphan_files")


def expires(
    procedures: tuple[str, ...] = PROCEDURES, *, allow: bool = True, ages: tuple[str, ...] = ("", "")
) -> Callable[[Query, str, timedelta], None]:
    """Return an answer that runs these procedures; an age that is given stands in for what `keep` says."""

    def expire(query: Query, name: str, keep: timedelta) -> None:
        for procedure, given in zip(procedures, ages, strict=False):
            age = given or f"{int(keep.total_seconds())}s"
            session = {f"{procedure}_min_retention": age} if allow else {}
            query(f"ALTER TABLE {name} EXECUTE {procedure}(retention_threshold => '{age}')", session)

    return expire


def deletes_rows(query: Query, name: str, keep: timedelta) -> None:
    if not keep:
        query(f"DELETE FROM {name} WHERE paid_at < current_timestamp")  # noqa: S608
    expires()(query, name, keep)


WRONG: dict[str, dict[str, tuple[Any, str]]] = {
    "one_day": {
        "a text of the day": (where("date_format(paid_at, '%Y-%m-%d') = '{day}'"), HIDDEN),
        "like": (where("CAST(paid_at AS varchar) LIKE '{day}%'"), HIDDEN),
        "in its zone": (where(THE_DAY.replace("paid_at", "paid_at AT TIME ZONE 'UTC'")), HIDDEN),
        "between": (where(between("day", "next", "<=")), "the first moment of the next day is not of this one"),
        "everything": (where("true"), "the query counts 72000 payments"),
        "the day before": (where(between("before", "day")), "the counts are right, the sums are not"),
        "another zone": (where(between("day", "next", zone="Asia/Tokyo")), "the counts are right, the sums are not"),
        "the sum first": (where(THE_DAY, "currency, sum(amount), count(*)"), "the second is to be the number"),
        "no currency": (where(THE_DAY, "count(*), sum(amount)"), "the query returned 2 columns"),
        "one currency": (where(THE_DAY + " AND currency = 'USD'"), "the query has rows for USD"),
        "its rows": (lambda day: [day], "`one_day` returned a list"),
        "a slip": (lambda _day: "SELECT currency FROM payment", "Trino refused the statement"),
    },
    "files_to_read": {
        "strictly between": (
            known(lambda low, up, value: low < value < up),
            "Least and greatest value are in the file",
        ),
        "unknown is no": (
            kept(lambda low, up, value: low is not None and low <= value <= up),
            "a file of which no bounds are known was left out",
        ),
        "unknown not thought of": (kept(lambda low, up, value: low <= value <= up), "raise a TypeError"),
        "every file": (lambda files, _value: {one["path"] for one in files}, "files were chosen, and"),
        "one bound": (known(lambda low, _up, value: low <= value), "cannot have such a row, by their"),
        "as text": (
            known(lambda low, up, value: str(low) <= str(value) <= str(up)),
            "cannot have such a row, by their",
        ),
        "the files": (lambda files, value: [f for f in files if value], "these are files"),
        "how many": (lambda files, _value: len(files), "`files_to_read` returned a int"),
    },
    "estimate": {
        "runs it": (lambda query, sql: len(query(sql)), "the query was run"),
        "counts it": (lambda query, sql: query(f"SELECT count(*) FROM ({sql})")[0][0], "the query was run"),  # noqa: S608,
        "explains by running": (explains_by_running, "EXPLAIN ANALYZE runs the query"),
        "not a number": (not_a_number, "Trino's way to say that it does not know"),
        "as it is": (lambda query, sql: outermost(plan(query, sql)), "Trino's way to say that it does not know"),
        "what the scan reads": (of_the_scan, "asked for was the outermost node"),
        "never knows": (never_knows, "still says None"),
        "a text": (as_text, "`estimate` returned a str"),
        "a guess": (lambda _query, _sql: 100.0, "asked Trino nothing"),
        "no JSON": (lambda query, sql: plan(query, sql, "EXPLAIN"), "`estimate` raised JSONDecodeError"),
    },
    "compact": {
        "nothing": (lambda _query, _name: None, "below `file_size_threshold`"),
        "a tiny threshold": (lambda query, name: optimize(query, name, "1kB"), "below `file_size_threshold`"),
        "a new table": (rewritten, "this is a new table under the old name"),
        "delete and insert": (deleted_and_inserted, "the rows were deleted and inserted"),
        "inserted once more": (inserted, "to compact is to write the same rows again, once"),
        "and forgets": (and_forgets, "to forget the past is another step"),
        "Spark's way": (
            lambda query, name: query(f"CALL system.rewrite_data_files(table => '{name}')"),
            "Trino refused the statement",
        ),
    },
    "expire": {
        "no session": (expires(allow=False), "Trino refused the statement"),
        "at once": (expires(ages=("0s", "0s")), "all 5 snapshots are minutes old"),
        "orphans at once": (expires(ages=("", "0s")), "a writer had written its file and not committed yet"),
        "no orphans": (expires(PROCEDURES[:1]), "One was written and never committed"),
        "orphans first": (expires(PROCEDURES[::-1]), "Expire first"),
        "orphans only": (expires(PROCEDURES[1:]), "5 snapshots are left"),
        "a week, always": (expires(ages=("7d", "7d")), "5 snapshots are left"),
        "rows too": (deletes_rows, "the past was to be forgotten, not the present"),
    },
}

RIGHT: dict[str, dict[str, Any]] = {
    "one_day": {
        "its date": where("date(paid_at) = DATE '{day}'"),
        "truncated": where("date_trunc('day', paid_at) = TIMESTAMP '{day} 00:00:00 UTC'"),
    },
    "files_to_read": {"a list": lambda files, value: sorted(known(lambda low, up, v: low <= v <= up)(files, value))},
    "compact": {"by default": lambda query, name: query(f"ALTER TABLE {name} EXECUTE optimize")},
}
