# %% [markdown]
# # Lab 07 · dbt: from rows to a star schema
#
# **Objective.** At the end your SQL has run inside the real dbt project: a staging model, a macro, a dimension that
# remembers (SCD type 2), a test that finds a broken one, and a fact table that loses nothing that comes late. Dagster
# has drawn all of it as one lineage.

# %%
import labkit
from labkit.labs.dbt import lineage, story

lab = labkit.start("07_dbt")
story.open_books()

# %% [markdown]
# ## Story
#
# The café has good guests: bronze, silver, gold, by what they have spent so far. Its accountant asks: *how much did we
# earn on 6 March from guests who were gold **then**?* The lakehouse has one row per event, raw. Nobody can answer that
# from raw rows without writing the same fifty lines of SQL, each time a little differently.
#
# So the fifty lines are written once, in files, tested, and run after each load. dbt is what runs them.
#
# ```mermaid
# flowchart LR
#   S[("payment_events<br/>(ingestion)")] --> A["stg_cafe_payments<br/>exercise 1"]
#   A --> B["int_guest_states<br/>given"] --> C["dim_guest<br/>exercise 3"]
#   M["macro customer_tier<br/>exercise 2"] -.-> B
#   T["test history<br/>exercise 4"] -.-> C
#   A --> F["fct_cafe_payments<br/>exercise 6"]
#   C --> F
# ```
#
# You work in a copy of `dbt/`, the platform's own project, which reads and writes the namespace `lab07`. Each of your
# functions returns the text of one file in it. This is what came in:

# %%
story.source()

# %% [markdown]
# ## Exercise 1: staging
#
# A staging model does as little as it can: one source, its names made clear, **one row per event**. A model is a file
# with one `SELECT`, without a `;` at its end, since dbt puts it into a `CREATE TABLE … AS (…)`. What it reads, it
# names by `{{ source('lakehouse', 'payment_events') }}`. Write `stg_cafe_payments`:
#
# | column | is |
# | --- | --- |
# | `event_id`, `customer_id`, `amount_cents`, `card_country`, `ingested_at`, `load_batch_id` | as in the source |
# | `occurred_at` | `provider_created_at`, by a better name |
# | `event_kind` | `payment` (`charge.succeeded`), `failure` (`charge.failed`), `refund` (`refund.created`) or `other` |
#
# All events, whatever their kind. Of an event that was loaded more than once the row counts that was ingested last.
#
# **Predict.** Stripe tells of one payment by two events, `charge.succeeded` and `payment_intent.succeeded`. What
# happens to the café's revenue if both are a `payment`?


# %%
@lab.exercise("staging")
def staging() -> str:
    """Return the text of `models/lab07/stg_cafe_payments.sql`."""
    ### BEGIN SOLUTION
    return """
with source as (

    select
        *,
        row_number() over (partition by event_id order by ingested_at desc) as recency
    from {{ source('lakehouse', 'payment_events') }}

),

renamed as (

    select
        event_id,
        customer_id,
        case event_type
            when 'charge.succeeded' then 'payment'
            when 'charge.failed' then 'failure'
            when 'refund.created' then 'refund'
            else 'other'
        end as event_kind,
        amount_cents,
        card_country,
        provider_created_at as occurred_at,
        ingested_at,
        load_batch_id
    from source
    where recency = 1

)

select * from renamed
"""
    ### END SOLUTION


# %% [markdown]
# The check has dbt compile your model within the real project, runs the result in Trino on rows of its own, and
# compares each.

# %%
lab.check("staging")

# %% [markdown]
# ## Exercise 2: a macro
#
# The thresholds are needed in four files of the platform: two models, two tests. A macro is text with holes, which
# *Jinja* fills in **before** Trino sees any of it: `{{ customer_tier('lifetime_cents') }}` becomes the lines between
# `{% macro … %}` and `{% endmacro %}`, with `lifetime_cents` wherever they say `{{ usd_cents }}`.
#
# | lifetime total in US cents | tier |
# | --- | --- |
# | 100 000 or more | `platinum` |
# | 50 000 or more | `gold` |
# | 10 000 or more | `silver` |
# | less, or unknown | `bronze` |
#
# **Predict.** What is `usd_cents` while Jinja runs: a number, a column, a text?


# %%
@lab.exercise("customer_tier")
def customer_tier() -> str:
    """Return the text of `macros/customer_tier.sql`: the macro `customer_tier(usd_cents)`."""
    ### BEGIN SOLUTION
    return """
{% macro customer_tier(usd_cents) -%}
    case
        when {{ usd_cents }} >= 100000 then 'platinum'
        when {{ usd_cents }} >= 50000 then 'gold'
        when {{ usd_cents }} >= 10000 then 'silver'
        else 'bronze'
    end
{%- endmacro %}
"""
    ### END SOLUTION


# %%
lab.check("customer_tier")

# %% [markdown]
# See what Jinja made of it:

# %%
story.expanded("select {{ customer_tier('lifetime_cents') }} as tier", customer_tier=customer_tier)

# %% [markdown]
# ## Exercise 3: a dimension that remembers
#
# If `dim_guest` had one row per guest, Ada would be gold on every day of the past as soon as she is gold today, and
# the accountant's answer would change with every coffee. A *slowly changing dimension of type 2* has a row per guest
# and **version**: what was true from `valid_from` (inclusive) to `valid_to` (exclusive).
#
# Given is `int_guest_states`, one row per guest and moment, with `customer_id`, `occurred_at`, `lifetime_cents`,
# `customer_tier` and `card_country` (null as long as no card was seen). Tracked are the last two. Write `dim_guest`:
#
# | column | is |
# | --- | --- |
# | `customer_key` | the surrogate key of `customer_id` and `valid_from` |
# | `customer_id`, `customer_tier`, `card_country` | the guest, and what held |
# | `valid_from` | when it began to hold |
# | `valid_to` | when the guest's next version began; null while it holds |
# | `is_current` | whether it still holds |
#
# A row for each *change*: where neither tier nor country changed, no version begins. A guest may come back to what
# was before (US, DE, US): these are three versions.
#
# About the key: `{{ dbt_utils.generate_surrogate_key(['customer_id', 'valid_from']) }}` is the md5 of both, so it is
# the same in every build, on every machine. Why not simply put them one behind the other?

# %%
story.glued(("ab", "c"), ("a", "bc"))

# %% [markdown]
# **Predict.** `null <> 'US'`: what does SQL say?


# %%
@lab.exercise("guest_versions")
def guest_versions() -> str:
    """Return the text of `models/lab07/dim_guest.sql`, which reads `{{ ref('int_guest_states') }}`."""
    ### BEGIN SOLUTION
    return """
with states as (

    select
        *,
        lag(row(customer_tier, card_country)) over (partition by customer_id order by occurred_at) as previous
    from {{ ref('int_guest_states') }}

),

versions as (

    select
        customer_id,
        customer_tier,
        card_country,
        occurred_at as valid_from,
        lead(occurred_at) over (partition by customer_id order by occurred_at) as valid_to
    from states
    where previous is distinct from row(customer_tier, card_country)

)

select
    {{ dbt_utils.generate_surrogate_key(['customer_id', 'valid_from']) }} as customer_key,
    *,
    valid_to is null as is_current
from versions
"""
    ### END SOLUTION


# %%
lab.check("guest_versions")

# %% [markdown]
# ## Exercise 4: a test
#
# A dbt test is a query for what must not be: **each row that it returns is a failure**, and none is a pass. A *generic*
# test is told which model to look at, and in which column:
#
# ```
# {% test positive(model, column_name) %}
# select * from {{ model }} where {{ column_name }} <= 0
# {% endtest %}
# ```
#
# Yours is called `history` and takes `model` and `key`, the column that names what has the history; so it serves guests
# and merchants alike. In any table with that column, `valid_from`, `valid_to` and `is_current`, it must find every
# version
#
# - that does not end just where the next of its key begins (the last has no next one and no end);
# - that ends before, or when, it begins;
# - whose `is_current` is not "has no end".
#
# The check lets real dbt run your test on seven small histories. Two are good.
#
# **Predict.** What does dbt say of the test `select count(*) from … where …`, if the count is 0?


# %%
@lab.exercise("history_test")
def history_test() -> str:
    """Return the text of `tests/generic/history.sql`: the generic test `history(model, key)`."""
    ### BEGIN SOLUTION
    return """
{% test history(model, key) %}

with versions as (

    select
        *,
        lead(valid_from) over (partition by {{ key }} order by valid_from) as next_valid_from
    from {{ model }}

)

select * from versions
where
    valid_to is distinct from next_valid_from
    or valid_to <= valid_from
    or is_current is distinct from (valid_to is null)

{% endtest %}
"""
    ### END SOLUTION


# %%
lab.check("history_test")

# %% [markdown]
# ## Exercise 5: one lineage
#
# Dagster runs the ingestion, and dbt runs the models. To Dagster, each table is an *asset* with a *key*, a path such as
# `data/payment_events`, and an asset that depends on another names its key. dbt's nodes become assets, too, and
# somebody has to say under which keys. Dagster's own rule makes `lakehouse/payment_events` of dbt's source, and
# `dim_guest` of a model.
#
# **Predict.** The ingestion writes the asset `data/payment_events`. How many pictures does Dagster's own rule make?
#
# Return the key for a node as a list of its parts: for sources, seeds and models alike, `data` and the node's own
# name. `properties` is what dbt's manifest tells of the node:

# %%
lineage.properties("source.lakehouse_analytics.lakehouse.payment_events")

# %%
from collections.abc import Mapping
from typing import Any


@lab.exercise("asset_key")
def asset_key(properties: Mapping[str, Any]) -> list[str]:
    """Return the parts of the asset key of a dbt node."""
    ### BEGIN SOLUTION
    return ["data", properties["name"]]
    ### END SOLUTION


# %% [markdown]
# The check makes Dagster's definitions of the platform's own ingestion and of all dbt models, named by your function,
# and asks Dagster which assets a late event reaches.

# %%
lab.check("asset_key")

# %% [markdown]
# ## All together
#
# Now your files, all of them, in one `dbt build` that Dagster starts. It is a process of its own and takes a few
# seconds. Each model is an asset, each dbt test a check on its asset.

# %%
written = {
    "staging": staging,
    "customer_tier": customer_tier,
    "guest_versions": guest_versions,
    "history_test": history_test,
}
story.build_in_dagster(written, asset_key)

# %% [markdown]
# And the accountant has her answer: a join by the key, which knows nothing of times.

# %%
story.revenue_by_tier()

# %%
story.versions_of("cus_ada")

# %% [markdown]
# ## Exercise 6: what comes late
#
# Wednesday morning, a batch with four events:
#
# - a payment of today, Bob's;
# - a payment of Ada's from **3 March**: the café's second till was offline for a week;
# - a payment of Ada's from 8 March that bronze had stored *before* the newest that is loaded. Its transaction took
#   longer, so it became visible after the last batch had been read;
# - the guest's bill of 6 March again, corrected from 3.50 to 4.00.
#
# The dimension is counted up anew in each build, so it will be right. The facts are many, and so they are
# *incremental*: the first run writes all, each later one only what has changed, merged by `event_id`. In the model,
# `{{ this }}` is the table as the last run left it.
#
# ```
# changed as (
#     select * from payments                  -- this is stg_cafe_payments
#     {% if is_incremental() %}
#         where <your condition>
#     {% endif %}
# )
# ```
#
# **Predict.** The usual condition is `ingested_at > (select max(ingested_at) from {{ this }})`. Which of the four does
# it miss? And which facts that are in the table already are wrong now?
#
# Return a condition that is true for every event
#
# - whose batch (`load_batch_id`) is not in `{{ this }}` yet;
# - or whose fact points at a version in `{{ ref('dim_guest') }}` that is gone, or that ends before it occurred, or just
#   then.


# %%
@lab.exercise("changed_rows")
def changed_rows() -> str:
    """Return the condition of the incremental model `fct_cafe_payments`."""
    ### BEGIN SOLUTION
    return """
load_batch_id not in (select load_batch_id from {{ this }})
or event_id in (
    select facts.event_id
    from {{ this }} as facts
    left join {{ ref('dim_guest') }} as guests on facts.customer_key = guests.customer_key
    where
        facts.customer_key is not null
        and (guests.customer_key is null or facts.occurred_at >= guests.valid_to)
)
"""
    ### END SOLUTION


# %%
lab.check("changed_rows")

# %% [markdown]
# ## What broke
#
# First as it is usually written. The late batch lands, and dbt builds with the high-water mark:

# %%
story.land_late_batch()
story.build({**written, "changed_rows": lambda: "ingested_at > (select max(ingested_at) from {{ this }})"})

# %% [markdown]
# One test fails, the one of the relationship: Ada's payment of 4 March points at a version that is gone, because she
# was silver a day earlier than everybody thought. Her payment of 9 March points at a version that ended the evening
# before, and no test looks at that. And nothing at all says that a payment is missing. Its row is in the source, and no
# run will ever look for it again:

# %%
story.lost()

# %% [markdown]
# Now with yours. To your condition that batch is no longer new, because half of it is there. So first the facts go back
# to the snapshot before (lab 01), as if nobody had been in a hurry.

# %%
story.take_facts_back()
story.build({**written, "changed_rows": changed_rows})

# %%
story.lost()

# %%
story.versions_of("cus_ada")

# %% [markdown]
# The platform's `fct_payments` goes one step further: it compares batches by row count and checksums, in staging and in
# the facts, so it needs no rollback: a batch that is half there is not the same here and there.
#
# ## What to read next
#
# - `dbt/models/marts/payments/fct_payments.sql` and `dbt/models/marts/payments/dim_customer.sql`: what you wrote, grown
#   up.
# - `dbt/README.md`: why history is computed anew, and why months are partitions.
# - `dbt/tests/assert_each_fact_has_the_versions_of_its_time.sql`: the test that you would add first.
# - `services/ingestion/dbt_assets.py`: the translator that names the platform's assets.
# - [dbt on incremental models](https://docs.getdbt.com/docs/build/incremental-models),
#   [dbt on data tests](https://docs.getdbt.com/docs/build/data-tests),
#   [Dagster and dbt](https://docs.dagster.io/integrations/libraries/dbt)

# %%
lab.progress()
