# %% [markdown]
# # Lab 08 · Trino: plans, pruning, table maintenance
#
# **Objective.** At the end you can say what a query costs before and after it ran, and why. You have made one six times
# cheaper without touching Trino, and looked after a table without breaking anybody who reads or writes it.

# %%
from datetime import timedelta

import labkit
from labkit.labs.trino import asking, breaking, measuring, skipping, table

lab = labkit.start("08")

# %% [markdown]
# ## Story
#
# The café has become a chain. Six days of its payments are in one Iceberg table, partitioned by day; the loading job
# runs every hour and leaves a file each time, because everybody wants fresh numbers. The dashboard asks for yesterday's
# payments. It was quick in the first week. Now it takes longer every day, and nobody has changed a thing.
#
# ```mermaid
# flowchart LR
#   Q["SELECT …<br/>WHERE …"] --> P["plan: which partitions,<br/>which files?"]
#   P -- "metadata only" --> C["catalog,<br/>manifests: bounds of each file"]
#   P --> S["scan"] -- "what is left" --> M[("MinIO<br/>Parquet")]
# ```
#
# What a query costs is decided before it reads a row: by what it does not have to read. This lab's tables are in a
# namespace of their own, `lab08`.

# %%
table.payments()
files = 'SELECT partition.paid_at_day, record_count, file_count FROM "payments$partitions" ORDER BY 1'
for day, rows, count in asking.ask(files).rows:
    print(f"{day}: {rows} payments in {count} files")

# %% [markdown]
# ## Exercise 1: one day
#
# Write the dashboard's question: for one day, in UTC, each currency with the number of payments and their sum, from the
# table `payments` (columns `payment_no`, `paid_at`, `customer_id`, `amount`, `currency`, `note`). Nobody asks for a
# partition in Iceberg; you ask about `paid_at`, and Trino works out the rest, if you let it.
#
# **Predict.** `date_format(paid_at, '%Y-%m-%d') = '2026-03-04'` gives the same rows. Does it cost the same?

# %%
from datetime import date, timedelta  # noqa: F811 - an exercise's cell brings what its solution needs


@lab.exercise("one_day")
def one_day(day: date) -> str:
    """Return a query for currency, number of payments and sum of amounts on that day, which reads that day only."""
    ### BEGIN SOLUTION
    next_day = day + timedelta(days=1)
    where = f"paid_at >= TIMESTAMP '{day} 00:00:00 UTC' AND paid_at < TIMESTAMP '{next_day} 00:00:00 UTC'"
    return f"SELECT currency, count(*), sum(amount) FROM payments WHERE {where} GROUP BY currency"  # noqa: S608 - ours
    ### END SOLUTION


# %%
lab.check("one_day")

# %% [markdown]
# The same answer, three ways. The numbers are Trino's own: `asking.ask(sql).read_rows`.

# %%
same = "SELECT currency, count(*), sum(amount) FROM payments WHERE {} GROUP BY currency"
measuring.rows_read(
    {
        "yours": asking.ask(one_day(table.day(2))),
        "date(paid_at) = …": asking.ask(same.format("date(paid_at) = DATE '2026-03-04'")),
        "date_format(paid_at, …) = …": asking.ask(same.format("date_format(paid_at, '%Y-%m-%d') = '2026-03-04'")),
    }
)

# %% [markdown]
# Trino sees through `date(…)`, which is `CAST(… AS date)`, because it knows that it keeps the order. Through
# `date_format` it cannot see: for all it knows, any day may be written like that. The plan tells the difference without
# running anything:

# %%
plan = asking.ask(f"EXPLAIN (TYPE IO, FORMAT JSON) {one_day(table.day(2))}").rows[0][0]
print(*[line for line in plan.splitlines() if '"value"' in line or '"bound"' in line or "columnName" in line], sep="\n")

# %% [markdown]
# ## Exercise 2: which files?
#
# Within a partition there are 24 files, and Iceberg keeps the least and the greatest value of each column for each of
# them, in the manifest. So a reader can leave a file out without opening it.
#
# **Predict.** `payment_no` grows with time; `customer_id` is all over the place. In how many of the 144 files may
# payment 15 007 be? In how many customer 41?

# %%
from typing import Any


@lab.exercise("files_to_read")
def files_to_read(files: list[dict[str, Any]], value: int) -> set[str]:
    """Return the paths of those files that may have a row with this value.

    Each file has `path`, `rows`, and `lower` and `upper`: its least and greatest value, both None where nobody knows.
    """
    ### BEGIN SOLUTION
    return {
        file["path"]
        for file in files
        if file["lower"] is None or file["upper"] is None or file["lower"] <= value <= file["upper"]
    }
    ### END SOLUTION


# %%
lab.check("files_to_read")

# %%
skipping.layout()

# %% [markdown]
# Trino does the same, and then looks into the Parquet files' own statistics. It cannot do anything about rows that lie
# about without order: whoever asks for a customer reads everything. What helps is to write the rows in an order,
# `sorted_by = ARRAY['customer_id']` in the table's properties. That costs whoever writes, and helps one kind of
# question.
#
# ## Exercise 3: what Trino expects
#
# For each step of a plan Trino estimates how many rows come out of it. By that it decides which side of a join goes
# into memory, and in which order joins are made. How many rows a table has, every Iceberg snapshot says. How many
# *different* currencies there are, nobody knows until somebody counts: `ANALYZE`.
#
# **Predict.** Python wrote the table, not Trino. What does Trino expect of `GROUP BY currency`?

# %%
import json

from labkit.labs.trino.asking import Query


@lab.exercise("estimate")
def estimate(query: Query, sql: str) -> float | None:
    """Return how many rows Trino expects `sql` to return, None if it has no idea. Does not run it.

    `query(statement)` asks Trino and returns rows. `EXPLAIN (FORMAT JSON) …` explains a statement.
    """
    ### BEGIN SOLUTION
    [[text]] = query(f"EXPLAIN (FORMAT JSON) {sql}")
    rows = json.loads(text)["0"]["estimates"][0]["outputRowCount"]
    return None if rows == "NaN" else rows
    ### END SOLUTION


# %%
lab.check("estimate")

# %% [markdown]
# On the café's table, before and after. (`query` is the real ingestion's way to Trino, `services/ingestion/trino.py`.)

# %%
query = asking.Listening()
by_currency = "SELECT currency, sum(amount) FROM hours GROUP BY currency"
hours = measuring.Hours()
hours.arrive(2)
before = estimate(query, by_currency)
query("ANALYZE hours")
print(f"expected before ANALYZE: {before}, after it: {estimate(query, by_currency):.0f}")
print("in fact:", len(query(by_currency)))

# %% [markdown]
# ## A table's life
#
# Now the chain's hurry. The table `hours` gets one batch after the other, a file each. The same question is asked after
# 2, 8 and 24 of them.
#
# **Predict.** Twelve times the rows, which are few. Twelve times the time?

# %%
hours.measure("2 batches")
hours.arrive(6)
hours.measure("8 batches")
hours.arrive(16)
hours.measure("24 batches")

# %% [markdown]
# ## Exercise 4: compact
#
# Many small files become one large one. Whoever reads meanwhile must see every row, once; the past stays where it is.

# %%
from labkit.labs.trino.asking import Query


@lab.exercise("compact")
def compact(query: Query, table: str) -> None:
    """Have Trino rewrite the small files (less than 128 MB) of `table`, in one commit."""
    ### BEGIN SOLUTION
    query(f"ALTER TABLE {table} EXECUTE optimize(file_size_threshold => '128MB')")
    ### END SOLUTION


# %%
lab.check("compact")

# %% [markdown]
# **Predict.** After compaction, does the bucket hold more or less?

# %%
compact(query, "hours")
hours.measure("optimize")

# %% [markdown]
# More: the small files are all still there, for the snapshots that name them. Time travel is paid for in storage.
#
# ## Exercise 5: expire
#
# So somebody has to forget. `keep` says how much of the past was agreed on. What is older goes:
#
# - snapshots (`expire_snapshots`). With a snapshot go the files that *it* took out of the table; so what a compaction
#   replaced is deleted when the compaction's own snapshot expires, and not yet when the older ones do;
# - orphans: files that no snapshot names, such as those whose writer was killed before its commit
#   (`remove_orphan_files`).
#
# Both are procedures of [Trino's Iceberg connector](https://trino.io/docs/current/connector/iceberg.html), with a
# `retention_threshold` such as `'3600s'`. Trino refuses to keep less than seven days unless the session says so:
# `query(statement, session)`, where `session` is a dict of `expire_snapshots_min_retention` and
# `remove_orphan_files_min_retention`.
#
# **Predict.** Why seven days for *orphans*? Nobody reads them.

# %%
from datetime import timedelta  # noqa: F811 - as above

from labkit.labs.trino.asking import Query


@lab.exercise("expire")
def expire(query: Query, table: str, keep: timedelta) -> None:
    """Forget what is older than `keep`: snapshots, their files, and files that no snapshot names."""
    ### BEGIN SOLUTION
    age = f"{int(keep.total_seconds())}s"
    session = {"expire_snapshots_min_retention": age, "remove_orphan_files_min_retention": age}
    for procedure in ("expire_snapshots", "remove_orphan_files"):
        query(f"ALTER TABLE {table} EXECUTE {procedure}(retention_threshold => '{age}')", session)
    ### END SOLUTION


# %% [markdown]
# The check keeps a day of a table that is a minute old, while a writer is at work; then its writer dies, and nothing is
# kept.

# %%
lab.check("expire")

# %%
expire(query, "hours", timedelta(0))
hours.measure("expire")

# %%
hours.draw()

# %% [markdown]
# That is the whole trade: small files make answers fresh and slow; compaction makes them quick and the bucket large;
# expiry makes it small again and the past short. (What is left in the bucket beside one data file are the
# compaction's manifests, and older `metadata.json`, a hundred at most.) The platform does all of it every night, with
# seven days of past: `services/ingestion/maintenance.py`.
#
# ## What broke
#
# Why seven days for orphans? Because a file that is not committed *yet* looks just like one. A writer has written, and
# wants to commit in a moment. Somebody cleans up, and keeps nothing:

# %%
writer = breaking.Writer()
writer.write()
breaking.clean_up_at_once()
writer.commit()
breaking.read()

# %% [markdown]
# The commit went through: nobody opens a file to commit it. The table now points to something that is gone, and every
# question fails, not only those about the last hour. Mend it: back to the snapshot before, and load the hour again.

# %%
writer.roll_back()
breaking.read()

# %% [markdown]
# - **A function around the partition's column** costs nothing on the day it is written, and everything a year later.
# - **A file without bounds** is one that has to be read. Not to know is no reason to skip.
# - **`DELETE` and `INSERT`** compact as well, in two commits, between which the table is empty.
# - **No retention** is no clean-up. It is a bet that nobody is writing.
#
# ## What to read next
#
# - `services/ingestion/maintenance.py`: every night, for every table.
# - [Trino on EXPLAIN](https://trino.io/docs/current/sql/explain.html),
#   [on table statistics](https://trino.io/docs/current/optimizer/statistics.html),
#   [Iceberg on maintenance](https://iceberg.apache.org/docs/latest/maintenance/),
#   [Iceberg on partitioning](https://iceberg.apache.org/docs/latest/partitioning/)
# - Trino's own page shows every query of this lab with its plan as it ran.

# %%
lab.progress()
