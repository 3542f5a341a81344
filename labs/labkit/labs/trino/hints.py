"""The hints of this lab: each ladder leads from a question to nearly the code."""

from typing import Final

ONE_DAY: Final = (
    "The table is partitioned by the day of `paid_at`. What must Trino see in your WHERE to know which day it is?",
    (
        "A function around the column hides it. Compare the column itself with two moments, written "
        "`TIMESTAMP '2026-03-04 00:00:00 UTC'`; the next day's first moment is not in it."
    ),
    (
        "`WHERE paid_at >= TIMESTAMP '{day} 00:00:00 UTC' AND paid_at < TIMESTAMP '{day + timedelta(days=1)} …'`, then "
        "`GROUP BY currency`. (Trino sees through `date(paid_at) = DATE '…'` too, and through few other functions.)"
    ),
)
FILES_TO_READ: Final = (
    "You know that a file's values are between 10 and 20. For which questions can you say no without opening it?",
    "A value may be in a file if it is not less than the least and not more than the greatest. And if both are None?",
    "`{file['path'] for file in files if file['lower'] is None or file['lower'] <= value <= …}`.",
)
ESTIMATE: Final = (
    "What does Trino think before it runs a query, and how can you ask for that without running it?",
    (
        "`query('EXPLAIN (FORMAT JSON) ' + sql)` returns one row with one text. `json.loads` makes a dict of fragments "
        "of it; fragment `'0'` is the outermost node, and has `estimates`, a list."
    ),
    (
        "`rows = plan['0']['estimates'][0]['outputRowCount']`. Where Trino does not know, it says `'NaN'`, as text: "
        "return None then."
    ),
)
COMPACT: Final = (
    "Who reads the table while you work on it? What must they see in each moment: all rows, once.",
    "Trino's Iceberg connector has procedures: `ALTER TABLE … EXECUTE …`. One of them rewrites small files.",
    "`ALTER TABLE {table} EXECUTE optimize(file_size_threshold => '128MB')`. That is all.",
)
EXPIRE: Final = (
    (
        "Two kinds of files nobody reads: those that only old snapshots name, and those that no snapshot ever named. "
        "Which of Trino's procedures is for which?"
    ),
    (
        "`expire_snapshots` and `remove_orphan_files`, both with `(retention_threshold => '…s')`. Trino refuses less "
        "than seven days, unless the session says otherwise: `query(statement, session)`."
    ),
    (
        "`age = f'{int(keep.total_seconds())}s'`, `session = {'expire_snapshots_min_retention': age, "
        "'remove_orphan_files_min_retention': age}`, and the two `ALTER TABLE … EXECUTE …` with it."
    ),
)
