"""Exercise 3: what Trino expects of a query before it runs, and what it needs to know for that."""

import math
from typing import Final

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.trino import asking, table
from labkit.labs.trino.asking import Listening
from labkit.servers import lake
from labkit.spec import Passed

NAME: Final = "check_estimate"
HOURS: Final = 12
QUESTION: Final = f"SELECT customer_id, sum(amount) FROM {NAME} GROUP BY customer_id"  # noqa: S608 - ours
CLOSE: Final = 0.1


def check(attempt: Attempt) -> Passed:
    """Ask for an estimate of a table without statistics, then ANALYZE it and ask again."""
    attempt.written()
    made = table.create(NAME)
    with lake.gone_afterwards(made.catalog, f"{table.NAMESPACE}.{NAME}"):
        table.commit(made, table.write(made, range(HOURS)))
        query = Listening()
        before = asking.told_by_trino(attempt, query, QUESTION)
        if mistake := _of_statements(query.said) or _of_unknown(before):
            raise WrongAnswerError(mistake)
        query(f"ANALYZE {NAME}")
        after = asking.told_by_trino(attempt, Listening(), QUESTION)
        [[customers]] = asking.ask(f"SELECT count(DISTINCT customer_id) FROM {NAME}").rows  # noqa: S608 - ours
        if mistake := _of_known(after, customers):
            raise WrongAnswerError(mistake)
    return Passed(
        "you read Trino's own expectation: unknown first, and close to the truth after ANALYZE",
        {"before ANALYZE": "unknown", "after it": f"{after:.0f} rows", "in fact": f"{customers} rows"},
    )


def _of_statements(said: list[str]) -> str | None:
    if not said:
        return "`estimate` asked Trino nothing: `query('EXPLAIN …')` returns rows, the first of which has the plan"
    for statement in said:
        words = statement.upper()
        if not words.startswith("EXPLAIN"):
            return "the query was run: what it would return, before it costs anything, tells `EXPLAIN (FORMAT JSON) …`"
        if words.startswith("EXPLAIN ANALYZE"):
            return (
                "EXPLAIN ANALYZE runs the query to explain it, and costs what the query costs; EXPLAIN alone only plans"
            )
    return None


def _of_unknown(found: object) -> str | None:
    if found is None:
        return None
    if found in {"NaN", "?"} or (isinstance(found, float) and math.isnan(found)):
        return f"`estimate` returned {found!r}: that is Trino's way to say that it does not know; asked for was None"
    rows = HOURS * table.ROWS_PER_HOUR
    if found == rows:
        return (
            f"`estimate` returned {rows}, what the scan reads; asked for was the outermost node, what the query returns"
        )
    return (
        f"the table has no statistics, so Trino expects nothing, and `estimate` returned {found!r}; asked for was None"
    )


def _of_known(found: object, customers: int) -> str | None:
    if found is None:
        return "the table was analyzed, and `estimate` still says None: look at `outputRowCount` of the first fragment"
    if isinstance(found, bool) or not isinstance(found, int | float):
        return f"`estimate` returned a {type(found).__name__}; a number of rows is a number"
    rows = HOURS * table.ROWS_PER_HOUR
    if abs(found - rows) < 1 and customers != rows:
        return (
            f"`estimate` returned {rows}, what the scan reads; asked for was the outermost node, what the query returns"
        )
    if abs(found - customers) > CLOSE * customers:
        return f"`estimate` returned {found:g}; Trino expects about {customers} rows"
    return None
