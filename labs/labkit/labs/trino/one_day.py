"""Exercise 1: a question about one day, for which one day is read."""

from collections import Counter
from decimal import Decimal
from typing import Any, Final

from trino.exceptions import TrinoQueryError

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.trino import asking, table
from labkit.spec import Passed

DAY: Final = 2
COLUMNS: Final = 3


def check(attempt: Attempt) -> Passed:
    """Run the learner's query; compare its rows with the day's payments, and what Trino read with the day's size."""
    attempt.written()
    table.payments()
    asked_for = table.day(DAY)
    sql = attempt(asked_for)
    if not isinstance(sql, str):
        raise WrongAnswerError(f"`one_day` returned a {type(sql).__name__}; asked for was the query, a `str`")
    try:
        answer = asking.ask(sql)
    except TrinoQueryError as error:
        raise asking.refused(error) from None
    if mistake := _of_rows(answer.rows) or _of_reading(answer.read_rows, sql):
        raise WrongAnswerError(mistake)
    return Passed(
        "the right sums, and Trino read that one day",
        {"rows read": f"{answer.read_rows} of {table.ROWS}", "files of that day": str(table.HOURS)},
    )


def wanted(number: int = DAY) -> dict[str, tuple[int, Decimal]]:
    """Return how many payments a day had in each currency, and their sum."""
    count: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for hour in range(number * table.HOURS, (number + 1) * table.HOURS):
        for row in table.hour(hour).select(["currency", "amount"]).to_pylist():
            count[row["currency"]] += 1
            total[row["currency"]] += row["amount"]
    return {currency: (count[currency], Decimal(total[currency])) for currency in count}


def _of_rows(rows: Any) -> str | None:  # noqa: ANN401 - whatever the query returns
    right = wanted()
    if any(len(row) != COLUMNS for row in rows):
        return f"the query returned {len(rows[0])} columns; asked for were currency, count and sum, in this order"
    if not all(isinstance(row[1], int) for row in rows):
        return "the columns are in another order: the second is to be the number of payments"
    found = {row[0]: (row[1], row[2]) for row in rows}
    if found == right:
        return None
    if set(found) != set(right):
        return f"the query has rows for {_names(found)}; that day had payments in {_names(right)}"
    count, payments = sum(one for one, _ in found.values()), sum(one for one, _ in right.values())
    if count == payments:
        (said, taken) = found["USD"][1], right["USD"][1]
        return f"the counts are right, the sums are not: {said} dollars, where {taken:.2f} were taken that day, in UTC"
    extra = ": the first moment of the next day is not of this one" if count == payments + 1 else ""
    return f"the query counts {count} payments; that day, in UTC, had {payments}{extra}"


def _names(found: object) -> str:
    return ", ".join(map(str, found)) or "none"  # type: ignore[call-overload]  # a dict


def _of_reading(read: int, sql: str) -> str | None:
    if read <= table.ROWS_PER_DAY:
        return None
    where = (
        ""
        if "where" not in sql.lower()
        else (
            ": what is asked of a function of `paid_at` says nothing about `paid_at` itself, and so nothing about its "
            "partition. Compare the column with two moments"
        )
    )
    return f"the answer is right, and Trino read {read} of {table.ROWS} rows for it, not {table.ROWS_PER_DAY}{where}"
