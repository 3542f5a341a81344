# %% [markdown]
# # Lab 05 · Inference and bronze
#
# **Objective.** At the end the real inference service has served a score that you wrote, and the real orchestrator has
# gone on without it. Every event ended in one of two tables, once, and what was in the quarantine came back.

# %%
import labkit
from labkit.labs.bronze import tables
from labkit.servers import own_inference
from labkit.servers.own_orchestrator import an_event

lab = labkit.start("05_bronze")

# %% [markdown]
# ## Story
#
# The café's payments now arrive, each as a workflow. Before a payment is stored, a model says how likely fraud is.
# Models are the youngest and least steady part of a platform: they are slow, they are replaced, they are away. A
# payment that waits for them is a customer who waits.
#
# ```mermaid
# flowchart LR
#   W[workflow] -- features --> I[Inference]
#   I -- score --> W
#   I -. slow or gone .-> F[fallback, marked as such] -.-> W
#   W --> P[(payment_events)]
#   W --> Q[(payment_events_quarantine)]
#   Q -- review, mend --> W
# ```
#
# ## Exercise 1: a score inside the real service
#
# | Sign | adds |
# | --- | --- |
# | any payment | 0.05 |
# | 100 000 cents or more | 0.40 |
# | a card from a country other than the US; of unknown country: nothing | 0.30 |
# | the third attempt or a later one | 0.30 |
#
# A score is a number in [0, 1].
#
# **Predict.** What does the service answer if a model returns 1.05?

# %%
from services.inference.messages import PaymentFeatures


@lab.exercise("fraud_score")
def fraud_score(payment: PaymentFeatures) -> float:
    """Return how likely fraud is, from the signs of the table."""
    ### BEGIN SOLUTION
    score = 0.05
    if payment.amount_cents >= 100_000:  # noqa: PLR2004 - as the table says
        score += 0.4
    if payment.card_country not in (None, "US"):
        score += 0.3
    if payment.attempt_number >= 3:  # noqa: PLR2004 - as the table says
        score += 0.3
    return min(1.0, score)
    ### END SOLUTION


# %% [markdown]
# The check starts the real inference service in a process of its own, with your function as its fraud model
# (`bootstrap(settings, models=…)`), and asks it over HTTP.

# %%
lab.check("fraud_score")

# %% [markdown]
# ## Exercise 2: what inference is told
#
# Inference knows nothing of events. It takes ten features, and it is strict: a field that it does not know is a
# **422**, because an ignored misspelling would be a wrong score that nobody sees. Try it:

# %%
from services.inference.settings import InferenceSettings

misspelt = {"event_type": "charge.succeeded", "merchant_id": "acct_1", "amount_cents": 4200, "currency": "USD"}
answer = own_inference.ask(
    InferenceSettings().url, "/fraud/score", misspelt | {"status": "succeeded", "card_contry": "NG"}
)
print(answer.status_code, answer.json())

# %% [markdown]
# **Predict.** And what if a feature that may be absent is simply not sent?

# %%
from services.contracts.events import UnifiedEvent


@lab.exercise("features")
def features(event: UnifiedEvent) -> dict[str, object]:
    """Return what inference is told about an event, as a dict that becomes JSON."""
    ### BEGIN SOLUTION
    who = "event_type merchant_id customer_id card_country card_brand"
    what = "amount_cents currency status failure_code attempt_number"
    return {name: getattr(event, name) for name in f"{who} {what}".split()}
    ### END SOLUTION


# %%
lab.check("features")

# %% [markdown]
# ## Exercise 3: without inference
#
# Return what `ask()` returns. If there is no answer within **one second**, or nobody listens (`aiohttp.ClientError`),
# return `fallback.SCORE`: 0.5, medium, and `model_version="fallback"`, so that everybody can see that no model said so.
# A `RequestRefusedError` (the 422) is another matter: asking somebody else will not make the request right. Let it
# through.
#
# **Predict.** Why is the fallback not 0, and not 1?

# %%
import asyncio
from collections.abc import Awaitable, Callable

import aiohttp

from services.orchestrator import fallback
from services.orchestrator.messages import Score


@lab.exercise("score_or_fallback")
async def score_or_fallback(ask: Callable[[], Awaitable[Score]]) -> Score:
    """Return the model's score, or the fallback where there is none to be had within a second."""
    ### BEGIN SOLUTION
    try:
        async with asyncio.timeout(1):
            return await ask()
    except (TimeoutError, aiohttp.ClientError):
        return fallback.SCORE
    ### END SOLUTION


# %% [markdown]
# The check runs it as the activity `score_fraud` in the real orchestrator, with an inference service of its own. It
# sends a payment, freezes inference (SIGSTOP) and sends one, kills it (SIGKILL) and sends one, starts it again and
# sends the last.

# %%
lab.check("score_or_fallback")

# %% [markdown]
# The platform's own orchestrator does the same after three attempts by Temporal's retry policy
# (`services/orchestrator/policies.py`); its fallback is the one that you used.
#
# ## Exercise 4: bronze or quarantine
#
# PostgreSQL holds the two tables. Their columns have limits:

# %%
with tables.connect() as connection:
    limited = connection.execute(
        """
        SELECT column_name, data_type, character_maximum_length AS length, numeric_precision AS digits, is_nullable
        FROM information_schema.columns
        WHERE table_name = 'payment_events' AND column_name IN ('event_id', 'amount', 'currency', 'attempt_number')
        ORDER BY ordinal_position
        """
    ).fetchall()
for row in limited:
    print({name: value for name, value in row.items() if value is not None})

# %% [markdown]
# A row that does not fit must not vanish, must not be cut until it fits, and must not stop the rows behind it. Return:
#
# | | when |
# | --- | --- |
# | `"stored"` | a new row is in `payment_events` |
# | `"already there"` | this event has a row; it stays as it was |
# | `"quarantined"` | PostgreSQL refuses the row as such (`DataError`, `IntegrityError`): it is in the quarantine |
# | an `OperationalError` | PostgreSQL is away: whoever called tries again |
#
# `tables.INSERT_EVENT` is the INSERT, without an end; `tables.quarantine(connection, row, reason)` writes the other
# row, with the error's class as its reason. You are in a transaction, which is committed when you return. After an
# error PostgreSQL takes nothing more in that transaction, unless you go back to a savepoint:
# `with connection.transaction():` is one.
#
# **Predict.** A duplicate is an IntegrityError too. Where would it end?

# %%
from psycopg.errors import DataError, IntegrityError

from labkit.labs.bronze import tables
from labkit.labs.bronze.tables import Connection, Row


@lab.exercise("store")
def store(connection: Connection, row: Row) -> str:
    """Write the row where it belongs and say what became of it."""
    ### BEGIN SOLUTION
    insert = f"{tables.INSERT_EVENT} ON CONFLICT (event_id) DO NOTHING"
    try:
        with connection.transaction():
            done = connection.execute(insert.encode(), row)
    except (DataError, IntegrityError) as error:
        tables.quarantine(connection, row, type(error).__name__)
        return "quarantined"
    return "stored" if done.rowcount else "already there"
    ### END SOLUTION


# %%
lab.check("store")

# %% [markdown]
# See one for yourself: at the limit, beyond it, and again.

# %%
from decimal import Decimal

fits, too_much = an_event(amount=Decimal("9999999999999999.9999")), an_event(amount=Decimal(10) ** 16)
for event in (fits, too_much, fits):
    with tables.connect() as connection:
        print(event.amount, "→", store(connection, tables.row_of(event)))

# %% [markdown]
# ## Exercise 5: review
#
# A row in the quarantine is `open` until somebody says what became of it: `replayed`, `resolved` or `rejected`, **by
# whom and when**. PostgreSQL insists on it by two constraints (migration 0002). Two kinds of rows are open today:
#
# - a careless sender wrote `"amount_cents":"4200"`, in quotation marks. Mend it: the number as a number, all else as it
#   is. Mark the row `replayed` and return the record to send, as `bytes`;
# - garbage, no JSON at all. Mark it `rejected` and return None.
#
# Somebody else may review the same row at the same time. Whoever is second changes nothing and returns None.

# %%
import json

from labkit.labs.bronze.tables import Connection, Row


@lab.exercise("review")
def review(connection: Connection, row: Row, reviewer: str) -> bytes | None:
    """Decide on an open row of `payment_events_quarantine`; return the mended record to send again, if there is one."""
    ### BEGIN SOLUTION
    try:
        event = json.loads(row["payload"])
        event["amount_cents"] = int(event["amount_cents"])
    except (ValueError, TypeError, KeyError):
        status, mended = "rejected", None
    else:
        status, mended = "replayed", json.dumps(event).encode()
    update = "UPDATE payment_events_quarantine SET review_status = %s, reviewed_by = %s, reviewed_at = now()"
    this = " WHERE quarantine_id = %s AND review_status = 'open'"
    done = connection.execute(update + this, [status, reviewer, row["quarantine_id"]])
    return mended if done.rowcount else None
    ### END SOLUTION


# %% [markdown]
# The check lets you review rows, and then does it for real: a careless record through Kafka into the real orchestrator,
# which quarantines it; your review; what you return through Kafka again; a payment in bronze.

# %%
lab.check("review")

# %% [markdown]
# The quarantine row stays. It says what was wrong, who mended it, and that the money was counted late.
#
# ## What broke
#
# - **A model that was killed**: not one payment waited. Bronze names the maker of every score, so these can be scored
#   again: `WHERE fraud_model_version = 'fallback'`.
# - **A value too long for its column**: on a platform that swallows the error and says "completed", every failed
#   payment was lost that way.
# - **An event that came twice**: one row, because `event_id` is unique and the INSERT knows it.
# - **A constraint instead of a convention**: try a review that nobody signs.

# %%
import psycopg

connection = tables.connect()
tables.quarantine(connection, tables.row_of(an_event()), "to try it out")
try:
    connection.execute("UPDATE payment_events_quarantine SET review_status = 'resolved', reviewed_by = ''")
except psycopg.errors.CheckViolation as refused:
    print("PostgreSQL refused it:", refused.diag.constraint_name)
connection.close()  # without a commit: nothing of this stays

# %% [markdown]
# ## What to read next
#
# - `services/inference/answers.py`: what is checked of what a model says; `lane.py`: why a model that hangs costs
#   others nothing.
# - `services/orchestrator/postgres.py`: the real `store`, and which errors are worth another attempt.
# - `services/contracts/bronze/README.md`: the tables and their migrations.
# - [psycopg on transactions](https://www.psycopg.org/psycopg3/docs/basic/transactions.html),
#   [PostgreSQL's INSERT](https://www.postgresql.org/docs/current/sql-insert.html),
#   [Stripe on duplicate events](https://docs.stripe.com/webhooks#handle-duplicate-events)

# %%
lab.progress()
