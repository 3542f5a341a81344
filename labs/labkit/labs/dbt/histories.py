"""Exercise 4: a generic test, run by dbt on small histories of which it is known what is wrong with them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from labkit.attempt import Attempt
from labkit.labs.dbt import answers, tables
from labkit.spec import Passed

GOOD: Final = ("history_good", "history_good_of_customers")
BROKEN: Final[Mapping[str, str]] = {
    "history_overlap": "a version that ends after the next has begun",
    "history_gap": "a version that ends before the next begins",
    "history_closed": "a last version that has an end, so that nothing holds today; null is never equal to anything",
    "history_empty_version": "a version that ends when it begins",
    "history_two_current": "two versions that both say `is_current`",
}


def check(attempt: Attempt) -> Passed:
    """Let dbt run the learner's test on each history."""
    text = answers.text_of(attempt)
    if not re.search(r"\{%-?\s*test\s+history\s*\(\s*model\s*,\s*key\s*\)", text):
        raise answers.wrong("the text has no `{% test history(model, key) %}`: models ask for it by that name")
    if not re.search(r"\{\{-?\s*model\s*-?\}\}", text):
        raise answers.wrong("it does not read `{{ model }}`: a generic test is told what to look at")
    tables.ready_for_checks()
    with tables.CHECKS.holding({"history_test": text}):
        results = answers.answered(lambda: tables.CHECKS.run("test", "path:models/lab07/histories"), _why)
    if mistake := _mistake(_found(results)):
        raise answers.wrong(mistake)
    return Passed(
        "dbt ran your test seven times: it passes what is good and finds all that is broken",
        {name: f"{count} row{'s' * (count != 1)} returned" for name, count in sorted(_found(results).items())},
    )


def _found(results: Sequence[Any]) -> dict[str, int]:
    """Return how many rows the test returned for each history."""
    return {result.node.attached_node.rpartition(".")[2]: int(result.failures or 0) for result in results}


def _why(message: str) -> str | None:
    if column := answers.unknown_column(message):
        other = "merchant_id" if column == "customer_id" else column
        return (
            f"a history of another key has no column `{column}`: `{{{{ key }}}}` is its name"
            + f" (here {other})" * (other != column)
        )
    if "endtest" in message or "without finding a close tag" in message:
        return "the test has no end: `{% endtest %}`"
    return None


def _mistake(found: Mapping[str, int]) -> str | None:
    if all(found.values()):
        return (
            "it fails for every history, the good ones too: each row returned is a failure, and a `count(*)` "
            "is always a "
            "row, even if it says 0"
        )
    if not any(found.values()):
        return "it passes every history, the broken ones too: return the rows that are wrong, not those that are right"
    if found["history_good"] and not found["history_good_of_customers"]:
        return (
            "it fails where two merchants have their histories side by side: the next version is that of the same key"
        )
    if bad := next((name for name in GOOD if found[name]), None):
        return (
            f"it fails for `{bad}`, which is as it should be: {found[bad]} rows returned; the last version has no end"
        )
    missed = next((name for name in BROKEN if not found[name]), None)
    return f"it passes `{missed}`: {BROKEN[missed]}" if missed else None
