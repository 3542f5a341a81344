"""Exercise 6: an incremental run of the facts, before which a late batch has changed what they point at."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from labkit.attempt import Attempt
from labkit.labs.dbt import answers, cafe, tables
from labkit.spec import Passed

READ: Final = """
SELECT facts.event_id, facts.amount_cents, facts.customer_key, facts.load_batch_id,
    guests.valid_from, guests.valid_to, facts.occurred_at
FROM {schema}.fct_cafe_payments AS facts
LEFT JOIN {schema}.dim_guest AS guests ON facts.customer_key = guests.customer_key
"""
Facts = dict[str, dict[str, Any]]


def check(attempt: Attempt) -> Passed:
    """Put the facts back to before the late batch, let dbt run the model with the condition, and read them."""
    text = answers.text_of(attempt, model=True)
    if text.split()[0].lower() == "where":
        raise answers.wrong("the `where` is in the model already: return the condition behind it")
    tables.ready_for_checks()
    with tables.CHECKS.holding({"changed_rows": text}):
        tables.facts_as_before()
        [result] = answers.answered(lambda: tables.CHECKS.run("run", "fct_cafe_payments"), _why)
        found = {row["event_id"]: row for row in tables.rows(tables.CHECKS, READ)}
    written = int(result.adapter_response.get("rows_affected") or 0)
    if mistake := _of_missing(found) or _of_old(found) or _of_places(found) or _of_cost(written, found):
        raise answers.wrong(mistake, table=f"{answers.CHECKED_IN}.fct_cafe_payments")
    return Passed(
        "four late events are in, two older facts moved to the version that held when they occurred, the rest stayed",
        {"merged": f"{written} of {len(found)} facts", "table": f"{answers.CHECKED_IN}.fct_cafe_payments"},
    )


def _why(message: str) -> str | None:
    if column := answers.unknown_column(message):
        return f"there is no column `{column}` in `payments`, which is stg_cafe_payments"
    return None


def _of_missing(found: Facts) -> str | None:
    missing = [row for event_id, row in cafe.newest().items() if event_id not in found]
    if not missing:
        return None
    newest = max(row["ingested_at"] for batch in cafe.ON_TIME for row in batch)
    overtaken = next((row for row in missing if row["ingested_at"] < newest), None)
    if overtaken and len(missing) == 1:
        return (
            f"{cafe.short(overtaken['event_id'])} is not in the facts, and never will be: ingested "
            f"{_when(overtaken['ingested_at'])}, "
            f"while the facts already had a row of {_when(newest)}; it became visible after it. Times do not "
            "tell what is new"
        )
    late = min(missing, key=lambda row: row["provider_created_at"])
    return (
        f"{len(missing)} of the late events are not in the facts, such as {cafe.short(late['event_id'])}: it occurred "
        f"{_when(late['provider_created_at'])} and was loaded {_when(late['ingested_at'])}"
    )


def _of_old(found: Facts) -> str | None:
    for event_id, row in cafe.newest().items():
        if found[event_id]["amount_cents"] != row["amount_cents"]:
            return (
                f"{cafe.short(event_id)} still has {found[event_id]['amount_cents']} cents; it came again with "
                f"{row['amount_cents']}: an id that is known may have a newer version"
            )
    return None


def _of_places(found: Facts) -> str | None:
    for event_id, row in cafe.newest().items():
        fact, version = found[event_id], cafe.version_at(row["customer_id"], row["provider_created_at"])
        if fact["customer_key"] is None or fact["valid_from"] == version:
            continue
        name = f"{cafe.short(event_id)}, of {_when(row['provider_created_at'])},"
        if fact["valid_from"] is None:
            return (
                f"{name} points at a version that is gone: its batch was loaded long ago, but its guest's "
                "history changed"
            )
        return (
            f"{name} points at a version that is still there, but ended {_when(fact['valid_to'])}: something "
            "late cut it "
            "short"
        )
    return None


def _of_cost(written: int, found: Mapping[str, object]) -> str | None:
    if written < len(found):
        return None
    return f"the facts are right, and all {written} of them were written again: of a billion, that is not an increment"


def _when(moment: datetime) -> str:
    return f"on {moment:%-d March at %H:%M}"
