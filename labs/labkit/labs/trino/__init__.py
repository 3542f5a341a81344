"""Lab 08: what a query costs, how not to read, and looking after a table: compaction, expiry, orphans."""

from labkit.labs.trino import compacting, estimating, expiring, hints, one_day, skipping
from labkit.spec import Begins, Exercise, LabSpec

LAB = LabSpec(
    name="08_trino",
    title="Trino: plans, pruning, table maintenance",
    minutes=60,
    memory_mib=3584,
    servers=("minio", "catalog", "trino"),
    begins_with=Begins.PAYMENTS,
    objectives=(
        "write a query that reads one partition, and say from Trino's own figures that it did",
        "say which files a query can leave out, and what the order of rows has to do with it",
        "read Trino's expectations in a plan, and give it the statistics that they need",
        "compact a table, expire its snapshots and delete orphans, without breaking a reader or a writer",
    ),
    exercises=(
        Exercise("one_day", "a question that reads one partition", hints.ONE_DAY, one_day.check),
        Exercise("files_to_read", "which files can be left out", hints.FILES_TO_READ, skipping.check),
        Exercise("estimate", "what Trino expects of a query", hints.ESTIMATE, estimating.check),
        Exercise("compact", "many small files become few", hints.COMPACT, compacting.check),
        Exercise("expire", "forget the past, as agreed", hints.EXPIRE, expiring.check),
    ),
)
