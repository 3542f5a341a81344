# %% [markdown]
# # Lab 06 · Dagster to Iceberg without losing a row
#
# **Objective.** At the end you have lost payments on purpose and proved it, written a batch that may be killed at any
# line, made its table a Dagster asset, and taken a bad batch back.

# %%
from collections.abc import Callable

import labkit
from labkit.labs.ingestion import dagster_runs, killing, showing, totals, undoing
from labkit.labs.ingestion.steps import Steps
from labkit.labs.ingestion.world import CAFE

lab = labkit.start("06")

# %% [markdown]
# ## Story
#
# The café's payments are in PostgreSQL, row by row. The lake wants them in files, batch by batch. A colleague wrote the
# copying job on a Friday: read what is new, mark it as loaded, write it. It ran for a year. Then the accountant
# compared two totals, and 31 payments of last October were in PostgreSQL, marked as loaded, and nowhere else.
#
# ```mermaid
# flowchart LR
#   B[("PostgreSQL bronze<br/>load_batch_id<br/>loaded_to_iceberg")] -- "claim, read" --> D[Dagster]
#   D -- "write files" --> M[(MinIO)]
#   D -- "commit a snapshot<br/>that carries the batch's id" --> I[Iceberg table]
#   D -- mark --> B
# ```
#
# Two systems, and no transaction that spans both. This lab has its own database and its own namespace, `lab06`, and
# runs the real code of `services/ingestion` on them.
#
# ## Exercise 1: the work list
#
# Which rows are to be loaded next? The usual answer is a *high-water mark*: everything above the highest id (or time)
# that was loaded so far.
#
# **Predict.** Two tills send a payment each. The first transaction gets id 1 and takes a second to commit; the other
# gets id 2 and commits at once; in between, a batch is loaded. What does the batch after that load?
#
# Bronze has two columns instead: `load_batch_id`, null until a batch has taken the row, and `loaded_to_iceberg`. Claim
# the oldest rows that wait. Two sessions may do it at the same time, and no row may end in both batches.

# %%
from labkit.labs.ingestion.world import Connection


@lab.exercise("claim")
def claim(connection: Connection, batch_id: str, max_rows: int) -> int:
    """Write `batch_id` down with up to `max_rows` rows of `payment_events` that wait; return how many there were."""
    ### BEGIN SOLUTION
    update = """
        UPDATE payment_events SET load_batch_id = %s
        WHERE NOT loaded_to_iceberg AND load_batch_id IS NULL AND id IN (
            SELECT id FROM payment_events WHERE NOT loaded_to_iceberg AND load_batch_id IS NULL ORDER BY id LIMIT %s
        )
    """
    return connection.execute(update, [batch_id, max_rows]).rowcount
    ### END SOLUTION


# %% [markdown]
# The check keeps a transaction open while you claim, lets two sessions claim at once, and then puts your function into
# the real ingestion (`bootstrap(settings, bronze=…)`).

# %%
lab.check("claim")

# %% [markdown]
# ## The tempting order
#
# A batch consists of few calls, and these are the real ones (`steps.claim`, `steps.read` …; they are in
# `labs/labkit/labs/ingestion/steps.py`). This is the colleague's:


# %%
def tempting(steps: Steps, new_id: Callable[[], str]) -> None:
    batch = new_id()
    if steps.claim(batch):
        rows = steps.read(batch)
        steps.mark(batch)
        steps.commit(batch, steps.write(rows))


# %% [markdown]
# Seven payments arrive, and are loaded. Seven more arrive, and this time the process is killed, by `SIGKILL`, when it
# has marked them. Then it is started again, as after every crash.
#
# **Predict.** How many payments are in the table, how many are marked, and what will the next run do about it?

# %%
CAFE.start_over()
CAFE.arrive(7)
tempting(CAFE.steps(), lambda: "first")
CAFE.arrive(7)
killing.kill(CAFE, tempting, after="mark")

# %%
tempting(CAFE.steps(), lambda: "third")
showing.both_sides(CAFE)

# %% [markdown]
# Then the other way round: write, commit, and mark at the end; and, after a crash, everything unmarked again. The
# process is killed when it has committed.


# %%
def the_other_way_round(steps: Steps, new_id: Callable[[], str]) -> None:
    steps.claim(new_id())
    for batch in steps.open_batches():
        rows = steps.read(batch)
        steps.commit(batch, steps.write(rows))
        steps.mark(batch)


CAFE.arrive(7)
killing.kill(CAFE, the_other_way_round, after="commit")

# %%
the_other_way_round(CAFE.steps(), lambda: "fifth")
showing.both_sides(CAFE)

# %% [markdown]
# Look at the counts: as many marked as there are in the table. Whoever only counts would call this night a good one.
#
# ## Exercise 2: prove it
#
# - **lost**: marked in PostgreSQL, and in no row of the table. Nobody will bring it any more. (What is not marked yet
#   only waits.)
# - **doubled**: in more than one row of the table.


# %%
from collections import Counter

from labkit.labs.ingestion.world import Connection


@lab.exercise("audit")
def audit(connection: Connection, table) -> tuple[set[str], set[str]]:  # noqa: ANN001 - a pyiceberg Table
    """Return the event ids that are lost, and those that are doubled. Rows of the connection are dictionaries."""
    ### BEGIN SOLUTION
    marked = connection.execute("SELECT event_id FROM payment_events WHERE loaded_to_iceberg").fetchall()
    copies = Counter(table.scan(selected_fields=("event_id",)).to_arrow()["event_id"].to_pylist())
    lost = {row["event_id"] for row in marked if not copies[row["event_id"]]}
    doubled = {event_id for event_id, count in copies.items() if count > 1}
    return lost, doubled
    ### END SOLUTION


# %%
lab.check("audit")

# %%
with CAFE.connect() as connection:
    lost, doubled = audit(connection, CAFE.table())
print(f"{len(lost)} payments are lost, and {len(doubled)} are there twice")

# %% [markdown]
# ## Exercise 3: the fix
#
# Whichever of the two systems comes first, a crash in between leaves them at odds. So do not try to avoid it. Leave a
# trace that tells the next run what happened:
#
# | call | what it leaves |
# | --- | --- |
# | `steps.claim(batch_id)` → how many rows | the id, with each row of the batch, in PostgreSQL |
# | `steps.read(batch_id)` → the rows | nothing |
# | `steps.write(rows)` → files | files that no snapshot knows |
# | `steps.commit(batch_id, files)` | a snapshot of the table that carries the id |
# | `steps.mark(batch_id)` | the rows are marked as loaded |
# | `steps.open_batches()` → ids | nothing; these were claimed and not marked |
# | `steps.holds(batch_id)` → `True` or `False` | nothing; it asks the table whether the batch is in it |
#
# **Predict.** Your batch dies right after `commit`. What does `open_batches()` say then, and what `holds()`?


# %%
from collections.abc import Callable

from labkit.labs.ingestion.steps import Steps


@lab.exercise("load")
def load(steps: Steps, new_id: Callable[[], str]) -> None:
    """Finish every batch that was left open, then load what waits as one new batch, if anything waits."""
    ### BEGIN SOLUTION
    for batch_id in steps.open_batches():
        if not steps.holds(batch_id):
            steps.commit(batch_id, steps.write(steps.read(batch_id)))
        steps.mark(batch_id)
    if steps.claim(batch_id := new_id()):
        steps.commit(batch_id, steps.write(steps.read(batch_id)))
        steps.mark(batch_id)
    ### END SOLUTION


# %% [markdown]
# The check runs your batch in a process of its own and kills it after `claim`, the next one after `write`, the next one
# after `commit`, and so on. After each death the next one has to mend it; then both sides are compared.

# %%
lab.check("load")

# %% [markdown]
# And the café's table, which the other two had spoilt. Yours goes on from here; what they lost stays lost, because
# nothing in PostgreSQL says so.

# %%
CAFE.arrive(7)
killing.kill(CAFE, load, after="commit")

# %%
load(CAFE.steps(), lambda: "seventh")
showing.both_sides(CAFE)

# %% [markdown]
# The real `load` is in `services/ingestion/loading.py`. It does one thing more: a commit whose *answer* was lost is
# looked up in the same way.
#
# ## Exercise 4: an asset
#
# So far these were functions that somebody calls. Dagster thinks the other way round: an *asset* is a table that
# should exist, and a *materialization* is the record that it was brought up to date, when, by whom, with how many rows.
# Who writes it is an *IO manager*, which all assets of a kind share.
#
# | | |
# | --- | --- |
# | key | `lab06/payment_events` (a prefix and a name) |
# | group | `payment_ingestion` |
# | IO manager | `iceberg_io_manager` |
# | metadata | `partition_expr`: `ingested_at` |
# | asks for | the resource `postgres`, a `PostgresResource` |
# | returns | `UnloadedRows(PAYMENT_EVENTS, postgres)`: where the rows are, and not one of them |
#
# ([Dagster on assets](https://docs.dagster.io/guides/build/assets/defining-assets))
#
# **Predict.** Why does the asset not return the rows themselves?

# %%
import dagster as dg

from services.ingestion.io_manager import UnloadedRows
from services.ingestion.postgres import PostgresResource
from services.ingestion.tables import PAYMENT_EVENTS


@lab.exercise("bronze_asset")
def bronze_asset() -> dg.AssetsDefinition:
    """Return the asset that brings `lab06/payment_events` up to date."""
    ### BEGIN SOLUTION

    @dg.asset(
        name="payment_events",
        key_prefix="lab06",
        group_name="payment_ingestion",
        io_manager_key="iceberg_io_manager",
        metadata={"partition_expr": "ingested_at"},
    )
    def payment_events(postgres: dg.ResourceParam[PostgresResource]) -> UnloadedRows:
        return UnloadedRows(PAYMENT_EVENTS, postgres)

    return payment_events
    ### END SOLUTION


# %%
lab.check("bronze_asset")

# %%
CAFE.start_over()
for days, rows in enumerate((2, 3, 4)):
    CAFE.arrive(rows, at=showing.days_later(days))
dagster_runs.materialize(CAFE, bronze_asset())

# %% [markdown]
# Three days, one commit. The table is partitioned by the day of `ingested_at`, so each day has a file of its own:

# %%
showing.partitions(CAFE)

# %% [markdown]
# ## Exercise 5: a partition
#
# The accountant wants a table of days. Dagster knows *partitions* too: an asset with one for each day can be
# materialized for one day, and again for that day, when something was wrong with it. So a run must *replace* its day,
# in one commit, and leave the others alone.
#
# A day is one of `ingested_at`, in UTC, from its first moment up to the first of the next, which is not in it.
#
# **Predict.** Why `ingested_at`, and not the time at which the customer paid?

# %%
from datetime import UTC, date, datetime, time, timedelta

import pyarrow as pa
import pyarrow.compute as pc


@lab.exercise("daily_totals")
def daily_totals(day: date, events, totals) -> None:  # noqa: ANN001 - two pyiceberg Tables
    """Replace the day's row in `totals` (day, events, amount) by what `events` holds of it: how many, and their sum."""
    ### BEGIN SOLUTION
    start = datetime.combine(day, time(), UTC)
    end = start + timedelta(days=1)
    found = events.scan(f"ingested_at >= '{start.isoformat()}' and ingested_at < '{end.isoformat()}'").to_arrow()
    row = {"day": day, "events": found.num_rows, "amount": pc.sum(found["amount"]).as_py()}
    new = pa.Table.from_pylist([row], schema=totals.schema().as_arrow())
    totals.overwrite(new, overwrite_filter=f"day == '{day}'")
    ### END SOLUTION


# %% [markdown]
# The check makes your function the body of an asset with daily partitions, and has Dagster run two days, and then the
# second of them again.

# %%
lab.check("daily_totals")

# %%
for day, (events, amount) in totals.run_days(CAFE, daily_totals).items():
    print(f"{day}: {events} payments, {amount:.2f} dollars")

# %% [markdown]
# ## Exercise 6: take it back
#
# The newest batch was wrong: the scores in bronze came from a broken model. Bronze will be mended, and the batch has to
# come again. So it must leave the table, and its rows must be back on the work list.
#
# - Every snapshot knows its parent (`parent_snapshot_id`), and carries its batch's id in
#   `snapshot.summary["load_batch_id"]`. `table.manage_snapshots().rollback_to_snapshot(snapshot_id).commit()` makes an
#   older one current again.
# - In bronze, the rows of the batch are marked: `loaded_to_iceberg`, `loaded_at`. The connection commits each statement
#   at once.
#
# **Predict.** You too can be killed half-way. Which half comes first, and does `load_batch_id` stay or go?


# %%
from labkit.labs.ingestion.world import Connection


@lab.exercise("undo")
def undo(connection: Connection, table, batch_id: str) -> None:  # noqa: ANN001 - a pyiceberg Table
    """Take the newest batch out of the table, and have the next run of the real ingestion bring it again."""
    ### BEGIN SOLUTION
    [snapshot] = [one for one in table.snapshots() if one.summary["load_batch_id"] == batch_id]
    unmark = "UPDATE payment_events SET loaded_to_iceberg = false, loaded_at = NULL WHERE load_batch_id = %s"
    connection.execute(unmark, [batch_id])
    table.manage_snapshots().rollback_to_snapshot(snapshot.parent_snapshot_id).commit()
    ### END SOLUTION


# %%
lab.check("undo")

# %% [markdown]
# On the café's table: two good batches, and a bad one of four payments. Trino reads the table, and the table as it was
# one batch earlier.

# %%
bad = undoing.load_bad_batch(CAFE)
showing.versions(CAFE)

# %%
with CAFE.connect() as connection:
    connection.autocommit = True
    undo(connection, CAFE.table(), bad)
showing.versions(CAFE)

# %% [markdown]
# The bad snapshot is still there, for whoever asks what had happened; nobody reads it by accident. And the real
# ingestion brings the batch again, under its old id:

# %%
[again] = list(CAFE.ingestion().load(PAYMENT_EVENTS))
print(f"{again.rows} payments, recovered: {again.recovered}, the same batch: {again.batch_id == bad}")
showing.versions(CAFE)

# %% [markdown]
# ## What broke
#
# - **Mark, then write** loses what dies in between, and no count says so. **Write, then mark** doubles it. The order
#   alone is never the answer: an id that both sides know is.
# - **A high-water mark** is never wrong in a test, because nobody tests with two transactions at once.
# - **An asset without an IO manager** is green in the UI. The rows are in a pickle.
# - **A deleted batch** is not one that was taken back: its snapshot is still in the table's past.
#
# One more, and this one is not your fault: somebody restores PostgreSQL from yesterday's backup. Break it and see who
# notices:

# %%
from services.ingestion.errors import SourceMismatchError

with CAFE.connect() as connection:
    connection.execute("DELETE FROM payment_events WHERE load_batch_id = %s", [bad])
CAFE.arrive(2)
try:
    list(CAFE.ingestion().load(PAYMENT_EVENTS))
except SourceMismatchError as refused:
    print(str(refused).partition(":")[0], "→ refused:", str(refused).partition("loaded: ")[2].partition(". ")[0])

# %% [markdown]
# The last commit left a *witness* in the table's properties: one of its rows. A bronze that does not have it is not the
# one that the table was loaded from. To mend it, the rows have to come back:

# %%
CAFE.start_over()
load(CAFE.steps(), lambda: "nothing waits")
CAFE.arrive(5)
load(CAFE.steps(), lambda: "five")
showing.both_sides(CAFE)

# %% [markdown]
# ## What to read next
#
# - `services/ingestion/loading.py`: the whole protocol, in one function.
# - `tests/faults/test_ingestion_kills.py`: how the platform's own ingestion is killed, at every line.
# - [Iceberg on reliability](https://iceberg.apache.org/docs/latest/reliability/),
#   [pyiceberg on snapshots](https://py.iceberg.apache.org/api/),
#   [Dagster on partitions](https://docs.dagster.io/guides/build/partitions-and-backfills/partitioning-assets),
#   [PostgreSQL on concurrent updates](https://www.postgresql.org/docs/current/transaction-iso.html)
# - `lakehouse up --only dagster` opens Dagster's own page, with the platform's real assets.

# %%
lab.progress()
