"""Exercise 2: which files can be left out, by the least and the greatest value that Iceberg keeps of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.trino import asking, table
from labkit.panel import Panel
from labkit.spec import Passed

File = Mapping[str, Any]
HOUR: Final = 30
FIRST: Final = HOUR * table.ROWS_PER_HOUR
LAST: Final = FIRST + table.ROWS_PER_HOUR - 1


@dataclass(frozen=True)
class Case:
    """A column, a value, and what it is a case of."""

    column: str
    value: Any
    words: str


CASES: Final = (
    Case("payment_no", FIRST + 7, "a number in the middle of a file"),
    Case("payment_no", FIRST, "the least of a file"),
    Case("payment_no", LAST, "the greatest of a file"),
    Case("customer_id", 41, "a customer, who is all over the place"),
    Case("payment_no", -1, "a number that is nowhere"),
)


def files(column: str) -> list[dict[str, Any]]:
    """Return path, rows, and this column's least and greatest value, of each file of the table, as Iceberg has them."""
    return list(_files(table.payments().metadata_location, column))


@cache
def _files(_metadata: str, column: str) -> tuple[dict[str, Any], ...]:
    """Read the manifests; once for each state of the table."""
    found = table.payments().inspect.files().select(["file_path", "record_count", "readable_metrics"]).to_pylist()
    return tuple(
        {
            "path": one["file_path"],
            "rows": one["record_count"],
            "lower": one["readable_metrics"][column]["lower_bound"],
            "upper": one["readable_metrics"][column]["upper_bound"],
        }
        for one in found
    )


def check(attempt: Attempt) -> Passed:
    """Have files chosen for several values; Trino says in which of them the value really is."""
    attempt.written()
    evidence = {}
    for case in CASES:
        listed = files(case.column)
        found = attempt([dict(one) for one in listed], case.value)
        needed = _holding(table.payments().metadata_location, case)
        if mistake := _of_shape(found) or _of_choice(set(found), listed, needed, case):
            raise WrongAnswerError(mistake)
        evidence[case.words] = f"{len(found)} of {len(listed)} files, {len(needed)} of them with such rows"
    if mistake := _of_unknown(attempt):
        raise WrongAnswerError(mistake)
    return Passed("no file with a row is left out, and none is read that its own numbers rule out", evidence)


@cache
def _holding(_metadata: str, case: Case) -> frozenset[str]:
    """Ask Trino in which files the value is; once for each state of the table."""
    query = f'SELECT DISTINCT "$path" FROM {table.NAME} WHERE {case.column} = {case.value}'  # noqa: S608 - ours
    return frozenset(path for (path,) in asking.ask(query).rows)


def _of_shape(found: object) -> str | None:
    if not isinstance(found, set | frozenset | list | tuple):
        return f"`files_to_read` returned a {type(found).__name__}; asked for was a `set` of paths"
    if not all(isinstance(one, str) for one in found):
        return "these are files; asked for were their paths: `file['path']`"
    return None


def _of_choice(found: set[str], listed: Sequence[File], needed: frozenset[str], case: Case) -> str | None:
    asked = f"{case.column} = {case.value} ({case.words})"
    if missing := needed - found:
        edge = " Least and greatest value are in the file: `<=`" if case.value in {FIRST, LAST} else ""
        return f"{asked}: {len(missing)} file was left out that has such a row. A wrong answer, quickly.{edge}"
    possible = {one["path"] for one in listed if one["lower"] <= case.value <= one["upper"]}
    if surplus := found - possible:
        if len(found) == len(listed):
            return f"{asked}: all {len(found)} files were chosen, and {len(surplus)} of them cannot have such a row"
        return f"{asked}: {len(surplus)} of the {len(found)} files chosen cannot have such a row, by their bounds"
    return None


def _of_unknown(attempt: Attempt) -> str | None:
    """Offer files of which Iceberg knows no bounds: another writer, or a column that is null throughout."""
    unknown = {"path": "s3://lakehouse/unknown.parquet", "rows": 5, "lower": None, "upper": None}
    known = {"path": "s3://lakehouse/known.parquet", "rows": 5, "lower": 10, "upper": 20}
    try:
        found = set(attempt([unknown, known], 3))
    except WrongAnswerError as error:
        if isinstance(error.__cause__, TypeError):
            return "a file without bounds (`lower` and `upper` are None) made `files_to_read` raise a TypeError"
        raise
    if unknown["path"] not in found:
        return "a file of which no bounds are known was left out: not to know is no reason to skip"
    return None


def layout() -> Panel:
    """Return, for each column, how many files a single value of it may be in, by the bounds."""
    asked = {"payment_no": FIRST + 7, "customer_id": 41}
    rows = []
    for column, value in asked.items():
        listed = files(column)
        kept = sum(one["lower"] <= value <= one["upper"] for one in listed)
        rows.append((f"{column} = {value}", f"{kept} of {len(listed)}"))
    return Panel("Files that may have such a row", table=(("question", "files"), *rows))
