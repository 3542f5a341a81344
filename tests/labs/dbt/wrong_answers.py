"""Wrong answers that learners give, each with the part of the message that only it must get."""

from collections.abc import Callable
from typing import Any

from labkit import source
from labkit.labs.dbt import tables

LAB = "07_dbt"
Text = Callable[[], str]


def prepare() -> None:
    """Make the checks' tables: once, not within the first test's time."""
    tables.ready_for_checks()


def instead(exercise: str, *changes: tuple[str, str]) -> Text:
    """Return the reference's text with these parts exchanged; each must be in it."""
    text: str = source.reference(LAB, exercise)()
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return lambda: text


def staging(*changes: tuple[str, str]) -> Text:
    return instead("staging", *changes)


def tiers(*changes: tuple[str, str]) -> Text:
    return instead("customer_tier", *changes)


def versions(*changes: tuple[str, str]) -> Text:
    return instead("guest_versions", *changes)


def history(*changes: tuple[str, str]) -> Text:
    return instead("history_test", *changes)


CHANGED = "previous is distinct from row(customer_tier, card_country)"
NEXT = "lead(occurred_at) over (partition by customer_id order by occurred_at)"
NEXT_START = "lead(valid_from) over (partition by {{ key }} order by valid_from)"
RULES = """valid_to is distinct from next_valid_from
    or valid_to <= valid_from
    or is_current is distinct from (valid_to is null)"""
KEY = "{{ dbt_utils.generate_surrogate_key(['customer_id', 'valid_from']) }}"


def spelt_out(text: str) -> Text:
    """Return a whole model, of which some parts have names."""
    for name, part in {"__KEY__": KEY, "__NEXT__": NEXT, "__CHANGED__": CHANGED}.items():
        text = text.replace(name, part)
    return lambda: text


ONE_ROW_PER_VALUE = """
with versions as (
    select customer_id, customer_tier, card_country, min(occurred_at) as valid_from
    from {{ ref('int_guest_states') }}
    group by customer_id, customer_tier, card_country
),
ended as (
    select *, lead(valid_from) over (partition by customer_id order by valid_from) as valid_to from versions
)
select __KEY__ as customer_key, *, valid_to is null as is_current from ended
"""
COMPARES_WITH_NOT_EQUAL = """
with states as (
    select *,
        lag(customer_tier) over (partition by customer_id order by occurred_at) as tier_before,
        lag(card_country) over (partition by customer_id order by occurred_at) as country_before
    from {{ ref('int_guest_states') }}
),
versions as (
    select customer_id, customer_tier, card_country, occurred_at as valid_from, __NEXT__ as valid_to
    from states
    where tier_before is null or customer_tier <> tier_before or card_country <> country_before
)
select __KEY__ as customer_key, *, valid_to is null as is_current from versions
"""
LOOKS_AHEAD_TOO_EARLY = """
with states as (
    select *,
        lag(row(customer_tier, card_country)) over (partition by customer_id order by occurred_at) as previous,
        __NEXT__ as valid_to
    from {{ ref('int_guest_states') }}
),
versions as (
    select customer_id, customer_tier, card_country, occurred_at as valid_from, valid_to from states where __CHANGED__
)
select __KEY__ as customer_key, *, valid_to is null as is_current from versions
"""
IN_JINJA = """
{% macro customer_tier(usd_cents) %}
    {% if usd_cents >= 100000 %}'platinum'{% elif usd_cents >= 50000 %}'gold'
    {% elif usd_cents >= 10000 %}'silver'{% else %}'bronze'{% endif %}
{% endmacro %}
"""
LOWEST_FIRST = """
{% macro customer_tier(usd_cents) %}
    case when {{ usd_cents }} >= 10000 then 'silver' when {{ usd_cents }} >= 50000 then 'gold'
        when {{ usd_cents }} >= 100000 then 'platinum' else 'bronze' end
{% endmacro %}
"""
COUNTS = """
{% test history(model, key) %}
select count(*) from (
    select *, lead(valid_from) over (partition by {{ key }} order by valid_from) as next_valid_from from {{ model }}
) where valid_to is distinct from next_valid_from
{% endtest %}
"""
NEW_BATCH = "load_batch_id not in (select load_batch_id from {{ this }})"
GONE = """event_id in (
    select facts.event_id from {{ this }} as facts
    left join {{ ref('dim_guest') }} as guests on facts.customer_key = guests.customer_key
    where facts.customer_key is not null and guests.customer_key is null
)"""


WRONG: dict[str, dict[str, tuple[Any, str]]] = {
    "staging": {
        "nothing returned": (lambda: None, "`staging` returned a NoneType"),
        "a semicolon": (lambda: staging()().rstrip() + ";", "there is a `;` at the end"),
        "a table by its name": (
            staging(("{{ source('lakehouse', 'payment_events') }}", "lakehouse.lab07.payment_events")),
            "reads `lakehouse.lab07.payment_events` by its name",
        ),
        "every row": (staging(("where recency = 1", "")), "evt_cafe_04 has 2 rows"),
        "the oldest row": (staging(("ingested_at desc", "ingested_at")), "is newer"),
        "the greatest batch id": (staging(("ingested_at desc", "load_batch_id desc")), "is newer"),
        "intents count too": (
            staging(
                ("when 'charge.succeeded'", "when 'payment_intent.succeeded' then 'payment' when 'charge.succeeded'")
            ),
            "revenue would count the money twice",
        ),
        "no else": (staging(("            else 'other'\n", "")), "a `case` without `else` gives null"),
        "payments only": (
            staging(("recency = 1", "recency = 1 and event_type = 'charge.succeeded'")),
            "leaves no event out",
        ),
        "dollars": (
            staging(("        amount_cents,", "        amount_cents / 100 as amount_cents,")),
            "the source has 6000",
        ),
        "old name": (
            staging(("provider_created_at as occurred_at", "provider_created_at")),
            "there is no column `occurred_at`",
        ),
        "when it was loaded": (
            staging(("provider_created_at as occurred_at", "ingested_at as occurred_at")),
            "when it was loaded is not when it happened",
        ),
    },
    "customer_tier": {
        "compares in Jinja": (lambda: IN_JINJA, "Jinja compared a text with a number"),
        "no braces": (tiers(("{{ usd_cents }}", "usd_cents")), "Trino got the word `usd_cents`"),
        "one model's column": (tiers(("{{ usd_cents }}", "lifetime_cents")), "names the column `lifetime_cents`"),
        "more than": (tiers((">=", ">")), "takes in the threshold itself"),
        "lowest first": (lambda: LOWEST_FIRST, "the first `when` that is true wins"),
        "dollars": (tiers(("100000", "1000"), ("50000", "500"), ("10000", "100")), "which are 99.99 dollars"),
        "no else": (tiers(("        else 'bronze'\n", "")), "the `else` is bronze"),
        "another name": (tiers(("macro customer_tier", "macro tier")), "models call it by that name"),
        "no end": (tiers(("{%- endmacro %}", "")), "the macro has no end"),
    },
    "guest_versions": {
        "a version per event": (versions((f"    where {CHANGED}\n", "")), "a version is a change, not an event"),
        "grouped": (spelt_out(ONE_ROW_PER_VALUE), "to be the same again is a change"),
        "not equal": (spelt_out(COMPARES_WITH_NOT_EQUAL), "`null <> 'US'` is null"),
        "not the first": (versions((CHANGED, f"previous is not null and {CHANGED}")), "`lag` gives null there"),
        "looks ahead too early": (spelt_out(LOOKS_AHEAD_TOO_EARLY), "leave out what changed nothing before"),
        "the next guest's": (
            versions((NEXT, "lead(occurred_at) over (order by customer_id, occurred_at)")),
            "is it the start of another guest's?",
        ),
        "a second before": (
            versions((NEXT, f"{NEXT} - interval '1' second")),
            "it ends a moment before the next begins",
        ),
        "the end of time": (
            versions((NEXT, f"coalesce({NEXT}, timestamp '9999-12-31 00:00:00 UTC')")),
            "the version that holds ends in 9999",
        ),
        "the guest's key": (versions((", 'valid_from']", "]")), "the key of a version, not of a guest"),
        "a number": (
            versions((KEY, "row_number() over (order by valid_from, customer_id)")),
            "`customer_key` is a number",
        ),
        "by name": (
            versions(("{{ ref('int_guest_states') }}", "lakehouse.lab07.int_guest_states")),
            "reads `lakehouse.lab07.int_guest_states` by its name",
        ),
    },
    "history_test": {
        "counts": (lambda: COUNTS, "a `count(*)` is always a row"),
        "returns the good ones": (
            history((RULES, "valid_to = next_valid_from and valid_to < valid_from")),
            "return the rows that are wrong",
        ),
        "not equal": (history(("valid_to is distinct from", "valid_to <>")), "it passes `history_closed`"),
        "overlaps only": (history(("valid_to is distinct from", "valid_to >")), "it passes `history_gap`"),
        "gaps only": (history(("valid_to is distinct from", "valid_to <")), "it passes `history_overlap`"),
        "empty versions": (history(("    or valid_to <= valid_from\n", "")), "it passes `history_empty_version`"),
        "two current": (
            history(("    or is_current is distinct from (valid_to is null)\n", "")),
            "it passes `history_two_current`",
        ),
        "one key": (history(("{{ key }}", "merchant_id")), "a history of another key has no column `merchant_id`"),
        "no key": (history((NEXT_START, "lead(valid_from) over (order by valid_from)")), "where two merchants have"),
        "one table": (history(("{{ model }}", "{{ ref('dim_guest') }}")), "it does not read `{{ model }}`"),
    },
    "asset_key": {
        "Dagster's own rule": (
            lambda node: [node["source_name"], node["name"]] if node["resource_type"] == "source" else [node["name"]],
            "Dagster draws two pictures",
        ),
        "a text": (lambda node: f"data/{node['name']}", "is the text 'data/"),
        "one key": (lambda _node: ["data", "payment_events"], "a key is the name of one table"),
        "the schema": (lambda node: [node["schema"], node["name"]], "Dagster draws two pictures"),
        "models elsewhere": (
            lambda node: ["data" if node["resource_type"] == "source" else "dbt", node["name"]],
            "where the ingestion's are, it would be",
        ),
        "a dot": (lambda node: node["data.name"], "`asset_key` raised KeyError"),
    },
    "changed_rows": {
        "load time": (
            lambda: "ingested_at > (select max(ingested_at) from {{ this }})",
            "Times do not tell what is new",
        ),
        "event time": (
            lambda: "occurred_at > (select max(occurred_at) from {{ this }})",
            "of the late events are not in",
        ),
        "new ids": (lambda: "event_id not in (select event_id from {{ this }})", "may have a newer version"),
        "new batches only": (lambda: NEW_BATCH, "its batch was loaded long ago"),
        "gone only": (lambda: f"{NEW_BATCH} or {GONE}", "something late cut it short"),
        "everything": (lambda: "true", "that is not an increment"),
        "a where of its own": (lambda: f"where {NEW_BATCH}", "the `where` is in the model already"),
        "another column": (lambda: "loaded_at > timestamp '2026-03-10 00:00:00 UTC'", "there is no column `loaded_at`"),
    },
}
