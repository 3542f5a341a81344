"""The hints of this lab: each ladder leads from a question to nearly the code."""

from typing import Final

CLAIM: Final = (
    "Which rows has nobody taken yet? What does bronze itself say of each row, without any clock or counter of yours?",
    (
        "Two columns tell: `loaded_to_iceberg` and `load_batch_id`. PostgreSQL's UPDATE has no LIMIT, so the oldest "
        "`max_rows` come from a subquery; and a row may be taken by another session after the subquery saw it."
    ),
    (
        "`UPDATE payment_events SET load_batch_id = %s WHERE id IN (SELECT id … ORDER BY id LIMIT %s) AND …`: the two "
        "conditions, in the subquery and once more outside. `connection.execute(…).rowcount` is what to return."
    ),
)
AUDIT: Final = (
    "A payment is lost if nobody will ever bring it. Which column says so, and where else would you have to look?",
    (
        "`connection.execute('SELECT event_id FROM payment_events WHERE …')` gives dictionaries; "
        "`table.scan(selected_fields=('event_id',)).to_arrow()['event_id'].to_pylist()` gives every copy."
    ),
    (
        "`copies = Counter(…)` of what is in the table. Lost: marked, and `not copies[event_id]`. Doubled: "
        "`copies[event_id] > 1`. Each a set."
    ),
)
LOAD: Final = (
    "After each of the calls, ask: if the power fails here, how will the next batch find out what happened?",
    (
        "There are two halves. First finish what others left: of each of `steps.open_batches()`, does the table hold "
        "it? Then a batch of your own: claim, read, write, commit, mark, in this order."
    ),
    (
        "`for batch_id in steps.open_batches(): if not steps.holds(batch_id): steps.commit(batch_id, "
        "steps.write(steps.read(batch_id)))`, then `steps.mark(batch_id)` in either case. Your own batch only "
        "`if steps.claim(batch_id := new_id())`."
    ),
)
BRONZE_ASSET: Final = (
    "Who reads the rows, and who writes them? What is left for the asset itself to say?",
    (
        "Everything in the table above is an argument of `@dg.asset(…)`. The function below it takes "
        "`postgres: dg.ResourceParam[PostgresResource]`, and returns `UnloadedRows(…)`."
    ),
    (
        "`@dg.asset(name=…, key_prefix='lab06', group_name=…, io_manager_key='iceberg_io_manager', metadata={…})` above"
        " `def payment_events(postgres: …): return UnloadedRows(PAYMENT_EVENTS, postgres)`; return `payment_events`."
    ),
)
DAILY_TOTALS: Final = (
    "When a day runs twice, which rows of `totals` must go, and which must stay? When does a day begin, when end?",
    (
        "`events.scan(\"ingested_at >= '…' and ingested_at < '…'\").to_arrow()`, with moments that name their zone: "
        "`datetime.combine(day, time(), UTC).isoformat()`. `totals.overwrite(rows, overwrite_filter=…)` replaces in "
        "one commit."
    ),
    (
        "One row: `{'day': day, 'events': found.num_rows, 'amount': pc.sum(found['amount']).as_py()}`, made a table by "
        "`pa.Table.from_pylist([row], schema=totals.schema().as_arrow())`; the filter is `f\"day == '{day}'\"`."
    ),
)
UNDO: Final = (
    "Two systems change, and you can die between them. Which half, left alone, does the next batch mend by itself?",
    (
        "The batch's snapshot has its id in `snapshot.summary['load_batch_id']`, and knows the one before it: "
        "`parent_snapshot_id`. In bronze, a row that is not marked and has a batch id is one of an open batch."
    ),
    (
        "First `UPDATE payment_events SET loaded_to_iceberg = false, loaded_at = NULL WHERE load_batch_id = %s`, then "
        "`table.manage_snapshots().rollback_to_snapshot(…).commit()` to the parent."
    ),
)
