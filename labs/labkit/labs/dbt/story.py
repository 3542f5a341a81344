"""What the notebook shows, and the late batch that it lets in."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from labkit.errors import OutOfOrderError, QueryRefusedError
from labkit.labs.dbt import cafe, lineage, tables
from labkit.labs.dbt.project import DbtRefusedError
from labkit.panel import Panel, Tone
from labkit.servers import warehouse

Answers = Mapping[str, Callable[[], str]]
MODELS: Final = ("stg_cafe_payments", "dim_guest", "fct_cafe_payments")
STORY: Final = tables.STORY


def open_books() -> None:
    """Begin with what came in time; what an earlier run of the lab has built is forgotten."""
    tables.fresh_source(STORY)
    for table in MODELS:
        warehouse.query(f"DROP TABLE IF EXISTS {STORY.namespace}.{table}")


def source() -> Panel:
    """Return the rows of the source, in the order in which they occurred."""
    found = tables.rows(
        STORY, "SELECT * FROM {schema}.payment_events ORDER BY provider_created_at, event_id, ingested_at"
    )
    rows = [
        (
            cafe.short(row["event_id"]),
            row["event_type"],
            row["customer_id"] or "-",
            f"{row['amount_cents']}",
            row["card_country"] or "-",
            _moment(row["provider_created_at"]),
            _moment(row["ingested_at"]),
            row["load_batch_id"],
        )
        for row in found
    ]
    names = ("event_id", "event_type", "customer_id", "cents", "country", "provider_created_at", "ingested_at", "batch")
    return Panel(f"{STORY.namespace}.payment_events", table=(names, *rows))


def expanded(statement: str, **answers: Callable[[], str]) -> Panel:
    """Return what Jinja makes of a statement, with these files in the project."""
    with STORY.holding(_texts(answers)):
        return Panel("what Trino gets", Tone.QUIET, code=STORY.inline(statement))


def glued(*pairs: tuple[str, str]) -> Panel:
    """Return what becomes of two fields: put one behind the other, and as dbt_utils makes a key of them."""
    values = ", ".join(f"('{first}', '{second}')" for first, second in pairs)
    key = "{{ dbt_utils.generate_surrogate_key(['a', 'b']) }}"
    with STORY.holding({}):
        made = STORY.inline(f"select a, b, a || b as glued, {key} as key from (values {values}) as t (a, b)")  # noqa: S608 - the notebook's own
    rows = [(a, b, together, f"{md5[:8]}…") for a, b, together, md5 in warehouse.query(made).rows]
    return Panel("two fields, one key", table=(("first", "second", "one behind the other", "surrogate key"), *rows))


def build_in_dagster(answers: Answers, asset_key: lineage.AssetKey) -> Panel:
    """Let Dagster run one `dbt build` of the learner's files, and return what it recorded of each asset."""
    with STORY.holding(_texts(answers)), lineage.undisturbed():
        STORY.manifest()
        return _recorded(*lineage.materialized(STORY, asset_key, " ".join(MODELS)))


def _recorded(made: Any, done: Any) -> Panel:  # noqa: ANN401 - Dagster's own
    checks = done.get_asset_check_evaluations()
    rows = []
    for event in done.get_asset_materialization_events():
        key = event.materialization.asset_key
        mine = [check for check in checks if check.asset_key == key]
        upstream = sorted("/".join(dep.asset_key.path) for dep in made.specs_by_key[key].deps)
        passed = f"{sum(check.passed for check in mine)} of {len(mine)}"
        rows.append(("/".join(key.path), ", ".join(upstream), passed))
    tone = Tone.GOOD if done.success and all(check.passed for check in checks) else Tone.BAD
    return Panel("what Dagster recorded", tone, table=(("asset", "made of", "checks passed"), *sorted(rows)))


def build(answers: Answers) -> Panel:
    """Build the café's models and run their tests, in this process, and return what dbt says."""
    with STORY.holding(_texts(answers)):
        try:
            results = STORY.dbt("build", "--select", *MODELS, "--indirect-selection", "cautious").results
        except DbtRefusedError as error:
            return Panel("dbt did not take the project", Tone.BAD, lines=(str(error),))
    rows = [
        (result.node.resource_type, result.node.name.partition("__")[0], str(result.status), _count(result))
        for result in sorted(results, key=lambda one: (one.node.resource_type, one.node.name))
        if result.node.resource_type == "model" or result.status != "pass"
    ]
    passed = sum(result.status == "pass" for result in results)
    failed = any(result.status in ("fail", "error") for result in results)
    line = f"{passed} tests passed."
    return Panel("dbt build", Tone.BAD if failed else Tone.GOOD, (line,), table=(("", "", "status", "rows"), *rows))


def _count(result: Any) -> str:  # noqa: ANN401 - dbt's own
    if result.node.resource_type == "model":
        return str(result.adapter_response.get("rows_affected", ""))
    return f"{result.failures} failing" if result.failures else ""


def land_late_batch() -> None:
    """Commit the late batch to the source, once."""
    there = tables.rows(STORY, f"SELECT 1 FROM {{schema}}.payment_events WHERE load_batch_id = '{cafe.LATE}' LIMIT 1")  # noqa: S608 - ours
    if not there:
        tables.append(STORY, cafe.LATE_ROWS)
    print(f"{cafe.LATE}: {len(cafe.LATE_ROWS)} rows, one snapshot")  # noqa: T201 - the cell's own output


def take_facts_back() -> None:
    """Make the facts again what they were before the late batch, by Iceberg's own rollback."""
    [row] = _built(
        """
        SELECT max_by(facts.snapshot_id, facts.committed_at) AS snapshot
        FROM {schema}."fct_cafe_payments$snapshots" AS facts
        WHERE facts.committed_at < (SELECT max(committed_at) FROM {schema}."payment_events$snapshots")
        """
    )
    warehouse.query(f"ALTER TABLE {STORY.namespace}.fct_cafe_payments EXECUTE rollback_to_snapshot({row['snapshot']})")
    print("the facts are what they were before the late batch")  # noqa: T201 - the cell's own output


def lost() -> Panel:
    """Return which events are in the source and not in the facts, and what that is in money."""
    found = _built(
        """
        SELECT payments.event_id, payments.amount_cents FROM {schema}.stg_cafe_payments AS payments
        LEFT JOIN {schema}.fct_cafe_payments AS facts ON payments.event_id = facts.event_id
        WHERE facts.event_id IS NULL ORDER BY 1
        """
    )
    if not found:
        return Panel("every event is in the facts", Tone.GOOD)
    rows = [(cafe.short(row["event_id"]), f"{row['amount_cents']} cents") for row in found]
    return Panel("not in the facts, and never will be", Tone.BAD, table=(("event", "amount"), *rows))


def revenue_by_tier() -> Panel:
    """Return the revenue of 6 March by the tier that the guests had then."""
    found = _built(
        """
        SELECT coalesce(guests.customer_tier, 'unknown guest') AS tier, sum(facts.amount_cents) AS cents
        FROM {schema}.fct_cafe_payments AS facts
        LEFT JOIN {schema}.dim_guest AS guests ON facts.customer_key = guests.customer_key
        WHERE facts.event_kind = 'payment' AND date(facts.occurred_at) = date '2026-03-06'
        GROUP BY 1 ORDER BY 2 DESC
        """
    )
    rows = [(row["tier"], f"{row['cents'] / 100:.2f}") for row in found]
    return Panel("6 March, by the tier of that day", table=(("tier", "dollars"), *rows))


def versions_of(guest: str) -> Panel:
    """Return the versions of a guest as they are now."""
    found = _built(f"SELECT * FROM {{schema}}.dim_guest WHERE customer_id = '{guest}' ORDER BY valid_from")  # noqa: S608 - ours
    rows = [
        (
            _moment(row["valid_from"]),
            _moment(row["valid_to"]) if row["valid_to"] else "holds",
            row["customer_tier"],
            row["card_country"] or "-",
        )
        for row in found
    ]
    return Panel(f"versions of {guest}", table=(("from", "to", "tier", "country"), *rows))


def _built(statement: str) -> list[dict[str, Any]]:
    try:
        return tables.rows(STORY, statement)
    except QueryRefusedError as error:
        raise OutOfOrderError(
            f"the café's models are not built: {error.message}",
            try_next="run the cell with `story.build_in_dagster`, then this one again.",
        ) from None


def _texts(answers: Answers) -> dict[str, str]:
    return {exercise: answer() for exercise, answer in answers.items()}


def _moment(moment: Any) -> str:  # noqa: ANN401 - as Trino returns it
    return f"{moment:%-d March %H:%M}"
