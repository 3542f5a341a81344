# %% [markdown]
# # Lab 11 · Features: as of when?
#
# **Objective.** At the end you can say of every number that a model sees when it was known. You have written features
# for the past and for the counter, brought them into a real feature store, and caught one that knew the future.

# %%
import labkit
from labkit.labs.features import comparing, drawing, leaking, town

lab = labkit.start("11")

# %% [markdown]
# ## Story
#
# Half a year of payments is in the lakehouse, and some of them were fraud. A model is to say which, the moment a
# payment comes in. It knows the payment, and what is known of the guest: how often they paid, how much, whether
# anybody ever complained. These are *features*, and a feature store keeps them twice.
#
# ```mermaid
# flowchart LR
#   F[("facts<br/>in Iceberg")] --> R["feature rows:<br/>who, from when, what"]
#   R -- "as of each payment's time" --> T["training set<br/>(offline)"]
#   R -- "materialise: the newest row" --> O[("online store<br/>SQLite")]
#   O --> C["the counter:<br/>one payment, now"]
#   P["the payment itself"] --> T & C
# ```
#
# Offline answers "what was known then?", online "what is known now?". A model that learnt from one is asked with the
# other. If they differ, nothing crashes; it is only wrong.
#
# This lab's facts are in a namespace of their own, `lab11`; the feature rows in it come from the real service,
# `services/features`.

# %%
features = town.features()
guest = town.busiest()
print(
    f"{town.facts().num_rows} facts, {len(town.rows())} feature rows;",
    f"of the busiest guest {len(town.events_of(guest))} events",
)

# %% [markdown]
# ## Exercise 1: a window
#
# Count a guest's payments of the last seven days, as of a time. Each event has two times: `occurred_at`, when it
# happened, and `available_at`, when anybody could know: after it was stored and the next batch had run. A refused card
# is known in minutes. That a stolen card was reported may take weeks.
#
# **Predict.** A payment of yesterday evening lies in a till that was offline until tomorrow. Is it in the window?

# %%
from datetime import datetime, timedelta
from typing import Any


@lab.exercise("payments_7d")
def payments_7d(events: list[dict[str, Any]], at: datetime) -> int:
    """Return how many payments of the last seven days were known at `at`.

    An event has `kind` (`payment`, `failure`, `refund`, `report`), `amount_usd`, `occurred_at` and `available_at`. What
    happened exactly seven days ago has just left the window.
    """
    ### BEGIN SOLUTION
    return sum(
        one["kind"] == "payment" and one["available_at"] <= at and one["occurred_at"] > at - timedelta(days=7)
        for one in events
    )
    ### END SOLUTION


# %%
lab.check("payments_7d")

# %%
drawing.life_of(guest, payments_7d)

# %% [markdown]
# The real service writes a row for each of these steps (`services/features/customers.py`). So the newest row at or
# before a time *is* the state at that time, and whoever joins has nothing to compute.
#
# ## Exercise 2: the point-in-time join
#
# A training set needs each payment with the guest's features *as they were*. A plain join would bring every row of the
# guest, or the newest there is. Write the one that brings the newest of those that were known. A row older than `ttl`
# (time to live) counts as none: nobody knows whether it still holds. A payment without a row stays, with NaN.
#
# **Predict.** What is more dangerous: that a payment gets a row that is too old, or one that is too new?

# %%
from datetime import timedelta  # noqa: F811 - an exercise's cell brings what its solution needs

import pandas as pd


@lab.exercise("as_of")
def as_of(payments: pd.DataFrame, rows: pd.DataFrame, ttl: timedelta) -> pd.DataFrame:
    """Return each payment with the newest row of its guest that was known at its time, none older than `ttl`.

    `payments` has `payment` (a number), `customer_id` and `event_timestamp`; `rows` has `customer_id`,
    `event_timestamp` (from when on it holds), `row` (a number) and features. The result has the columns of both, one
    row per payment.
    """
    ### BEGIN SOLUTION
    at = "event_timestamp"
    return pd.merge_asof(payments.sort_values(at), rows.sort_values(at), on=at, by="customer_id", tolerance=ttl)
    ### END SOLUTION


# %%
lab.check("as_of")

# %% [markdown]
# Feast does the same for you, `store.get_historical_features(entity_df, features)`; the check has compared. Its own
# stores keep every pair of payment and row in memory before they choose. For half a million payments that was too
# much, so the real service brought a store that does it like you (`services/features/offline_store.py`).
#
# ## A leak, planted
#
# A colleague argues: "The label is known after thirty days. So I join the guest's reports of fraud as of *that* day,
# then they belong together." It is one feature of many, and the score goes up.
#
# **Predict.** By how much? And what will it be at the counter, where nobody can ask about the day in thirty days?

# %%
paid = leaking.payments()
honest = leaking.as_of_each(paid)
planted = leaking.with_a_leak(honest, paid)
leaking.draw(leaking.score(paid, honest, honest), leaking.score(paid, planted, honest))

# %% [markdown]
# The report that made the payment a fraud *is* the feature. The model has learnt to look at the answer, and forgotten
# all else; at the counter there is no answer to look at. No test of the code fails, no error is raised. The only sign
# was a score that was better than it had any right to be.
#
# ## Exercise 3: find it
#
# You cannot read every feature that somebody writes. But you can lie to it. Hide from it what was not known yet: an
# honest feature does not notice.
#
# **Predict.** `spent / mean of all payments of this guest`: does it leak?

# %%
import math
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any


@lab.exercise("sees_the_future")
def sees_the_future(feature: Callable[..., float], events: list[dict[str, Any]], moments: Sequence[datetime]) -> bool:
    """Return whether `feature(events, at)` uses, at any of the moments, what was not available then.

    A feature may return NaN where nothing is known.
    """
    ### BEGIN SOLUTION
    for at in moments:
        known = [one for one in events if one["available_at"] <= at]
        everything, honest = feature(events, at), feature(known, at)
        if everything != honest and not (math.isnan(everything) and math.isnan(honest)):
            return True
    return False
    ### END SOLUTION


# %%
lab.check("sees_the_future")

# %% [markdown]
# Your own feature, before your own detector, on a real guest:

# %%
events = town.events_of(guest)
print("payments_7d sees the future:", sees_the_future(payments_7d, events, [one["occurred_at"] for one in events]))

# %% [markdown]
# ## Exercise 4: a view of your own
#
# Now into Feast. A *feature view* says whose features these are (the entity), what they are called and of what type,
# in which table they are, and how long a row holds. `feast apply` writes it into the registry; from then on anybody
# can ask for `guest:customer_tier`, offline and online.
#
# | feature | type |
# | --- | --- |
# | `customer_payments_7d` | `Int32` |
# | `customer_spent_usd_cents_30d` | `Int64` |
# | `customer_tier` | `String` |
#
# The key, `customer_id`, a `String`, belongs into the schema too. A row counts for 30 days.
#
# **Predict.** A guest comes back after 31 days. What does a training set say of them? And the online store?

# %%
from datetime import timedelta

from feast import Entity, FeatureView, Field
from feast.data_source import DataSource
from feast.types import Int32, Int64, String


@lab.exercise("guest_view")
def guest_view(guest: Entity, source: DataSource) -> FeatureView:
    """Return the view `guest` of these three features, served online, whose rows count for 30 days."""
    ### BEGIN SOLUTION
    return FeatureView(
        name="guest",
        entities=[guest],
        ttl=timedelta(days=30),
        schema=[
            Field(name="customer_id", dtype=String),
            Field(name="customer_payments_7d", dtype=Int32),
            Field(name="customer_spent_usd_cents_30d", dtype=Int64),
            Field(name="customer_tier", dtype=String),
        ],
        source=source,
        online=True,
    )
    ### END SOLUTION


# %%
lab.check("guest_view")

# %% [markdown]
# The check has applied your view to a real registry, materialised it into a real online store and asked both.
#
# ## Exercise 5: the payment itself
#
# What depends on the payment being judged cannot be stored in advance. Feast calls an *on-demand* view for it: a
# function of columns, run on the whole training set offline, and on one single row at the counter.
#
# How far above the guest's usual is this amount? As the difference of logarithms: twice the usual is 0.69, whether it
# is a coffee or a wedding. The usual, `customer_log_usd_mean_90d`, is the mean logarithm of US cents; NaN for who is
# unknown.
#
# **Predict.** Somebody subtracts `column.mean()`, to have it centred. What is that number at the counter?

# %%
import numpy as np
import pandas as pd


@lab.exercise("amount_above_usual")
def amount_above_usual(payments: pd.DataFrame) -> np.ndarray:
    """Return by how much each payment's log amount is above its guest's usual, NaN where nothing is known.

    `payments` has `amount_usd_cents` (less than one counts as one) and `customer_log_usd_mean_90d`.
    """
    ### BEGIN SOLUTION
    cents = payments["amount_usd_cents"].to_numpy(dtype=float)
    usual = payments["customer_log_usd_mean_90d"].to_numpy(dtype=float, na_value=np.nan)
    return np.log(np.maximum(cents, 1)) - usual
    ### END SOLUTION


# %%
lab.check("amount_above_usual")

# %% [markdown]
# The real repository has 57 features of guests and merchants and 21 of this kind (`services/features/transaction.py`).
# Here is its own comparison of both stores, for random guests and merchants at random times:

# %%
comparing.agree()

# %% [markdown]
# ## What broke
#
# The code is the same on both sides. Is that enough? The online store holds what somebody wrote there. The job that
# does it has failed since last week, and nobody looks:

# %%
comparing.behind(days=7)

# %% [markdown]
# **Predict.** `customer_first_seen_at_s` never changes. Whom is it wrong for all the same?
#
# For those who came this week: of them the store knows nothing. Nobody gets an error. The guest who has paid six times
# since Monday, with a stolen card, looks like one who is calm. Mend it: bring the store to the present, and look
# again.

# %%
comparing.behind(days=0)

# %% [markdown]
# - **What had happened is not what was known.** A late fact leaks through `occurred_at`.
# - **A join without a time** brings the newest row: it knows how the story ends.
# - **A score that is too good** is a finding, not a success. Ask what the best feature knew, and when.
# - **TTL** works where it is asked for: Feast's training sets leave an old row out, and its SQLite store goes on to
#   answer with it until somebody writes another one. So the feature rows themselves say when a guest has become quiet.
# - **Freshness** is a check of its own. The real service has one in Dagster: `services/features/assets.py` warns when
#   the marts have known for an hour what the features do not.
#
# ## What to read next
#
# - `services/features/README.md`: the rules, written before the first training run.
# - Feast on [feature views](https://docs.feast.dev/getting-started/concepts/feature-view), on
#   [point-in-time joins](https://docs.feast.dev/getting-started/concepts/point-in-time-joins)
# - [Leakage and the Reproducibility Crisis in ML-based Science](https://reproducible.cs.princeton.edu/): seventeen
#   fields, hundreds of papers, the same mistake

# %%
lab.progress()
