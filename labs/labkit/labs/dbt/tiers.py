"""Exercise 2: a macro, in the place of the real one, and what Jinja and Trino make of it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from labkit.attempt import Attempt
from labkit.labs.dbt import answers, tables
from labkit.spec import Passed

CASES: Final[Mapping[int | None, str]] = {
    0: "bronze",
    9_999: "bronze",
    10_000: "silver",
    49_999: "silver",
    50_000: "gold",
    99_999: "gold",
    100_000: "platinum",
    2_000_000: "platinum",
    None: "bronze",
}
_VALUES: Final = ", ".join(f"(bigint '{cents}')" if cents is not None else "(null)" for cents in CASES)
QUERY: Final = f"select spent, {{{{ customer_tier('spent') }}}} as tier from (values {_VALUES}) as guests (spent)"  # noqa: S608 - our own numbers


def check(attempt: Attempt) -> Passed:
    """Put the macro into the project, use it on another column than it has ever seen, and see who else uses it."""
    text = answers.text_of(attempt)
    if not re.search(r"\{%-?\s*macro\s+customer_tier\s*\(\s*\w+\s*\)", text):
        raise answers.wrong("the text has no `{% macro customer_tier(usd_cents) %}`: models call it by that name")
    tables.ready_for_checks()
    with tables.CHECKS.holding({"customer_tier": text}):
        compiled = answers.answered(lambda: tables.CHECKS.inline(QUERY), _why_not_compiled)
        found = answers.answered(lambda: answers.rows_of(compiled), _why_refused)
        if mistake := _of_tiers({row["spent"]: row["tier"] for row in found}):
            raise answers.wrong(mistake)
        models = [name for name in tables.CHECKS.users_of("customer_tier") if name.startswith("int_payment")]
    return Passed(
        "Jinja wrote your lines into a query, and Trino rates every total as it should",
        {"tried on": f"{len(CASES)} totals, null among them", "the real models that use it": ", ".join(models)},
    )


def _why_not_compiled(message: str) -> str | None:
    if "not supported between instances" in message:
        return (
            "Jinja compared a text with a number: to Jinja `usd_cents` is the column's *name*, since no row "
            "has been read "
            "yet. The comparison is Trino's: write it outside of `{% %}`"
        )
    if "endmacro" in message or "without finding a close tag" in message:
        return "the macro has no end: `{% endmacro %}`"
    return None


def _why_refused(message: str) -> str | None:
    column = answers.unknown_column(message)
    if column == "usd_cents":
        return (
            "Trino got the word `usd_cents`, which is no column: between double braces, Jinja puts the column "
            "in its place"
        )
    if column:
        return (
            f"the macro names the column `{column}`, which only some models have: use its argument, "
            f"`{{{{ usd_cents }}}}`"
        )
    if "mismatched input" in message or "SYNTAX" in message:
        return f"what Jinja wrote is no SQL: {message.partition(': ')[2]}"
    return None


def _of_tiers(found: Mapping[Any, object]) -> str | None:
    for cents, tier in CASES.items():
        if found[cents] == tier:
            continue
        if cents is None or found[cents] is None:
            return (
                f"a total of {cents or 0 if cents is not None else 'null'} has the tier {found[cents]}: the "
                "`else` is bronze"
            )
        if found[2_000_000] == "silver":
            return "2000000 is silver: the first `when` that is true wins, so the highest threshold comes first"
        if cents in (10_000, 50_000, 100_000) and found[cents - 1] == found[cents]:
            return f"{cents} is {found[cents]}, not {tier}: 'or more' takes in the threshold itself, `>=`"
        if found[9_999] == "platinum":
            return "9999 cents, which are 99.99 dollars, are platinum: thresholds are in cents, as the amounts are"
        return f"{cents} is {found[cents]}, not {tier}"
    return None
