"""Table maintenance by Trino, as a job: small files become large ones, what nobody reads any more is deleted."""

from datetime import timedelta

import dagster as dg

from services.ingestion.settings import IngestionSettings
from services.ingestion.trino import TrinoResource

FILE_SIZE = "128MB"
MAINTENANCE_JOB = "table_maintenance"


def maintain(trino: TrinoResource, table: str, retention: timedelta) -> None:
    """Compact a table, expire its snapshots, delete orphan files and count its values, in this order.

    Older than `retention` a snapshot cannot be travelled to any more, and a file that no snapshot names is an orphan. A
    run of the ingestion has such files, too, until it commits: the retention must be longer than any run.

    Source: https://trino.io/docs/current/connector/iceberg.html#alter-table-execute
    """
    age = f"{int(retention.total_seconds())}s"
    # Trino refuses a shorter retention than these, by default seven days.
    session = {"expire_snapshots_min_retention": age, "remove_orphan_files_min_retention": age}
    for statement in (
        f"ALTER TABLE {table} EXECUTE optimize(file_size_threshold => '{FILE_SIZE}')",
        f"ALTER TABLE {table} EXECUTE expire_snapshots(retention_threshold => '{age}')",
        f"ALTER TABLE {table} EXECUTE remove_orphan_files(retention_threshold => '{age}')",
        f"ANALYZE {table}",
    ):
        trino.query(statement, session)


def files(trino: TrinoResource, table: str) -> tuple[int, int]:
    """Return how many data files and how many snapshots a table has."""
    (row,) = trino.query(
        f'SELECT (SELECT count(*) FROM "{table}$files"), (SELECT count(*) FROM "{table}$snapshots")'  # noqa: S608 - ours
    )
    return row[0], row[1]


def maintenance_job(settings: IngestionSettings) -> dg.JobDefinition:
    """Return the job that maintains every table of the namespace, the marts too."""

    @dg.op(name="maintain_tables", out=dg.Out(dg.Nothing))
    def _maintain(context: dg.OpExecutionContext, trino: dg.ResourceParam[TrinoResource]) -> None:
        for table in trino.tables():
            before = files(trino, table)
            maintain(trino, table, timedelta(days=settings.snapshot_retention_days))
            after = files(trino, table)
            context.log.info("%s: files and snapshots were %s, are %s", table, before, after)

    @dg.job(
        name=MAINTENANCE_JOB,
        description="optimize, expire_snapshots, remove_orphan_files and ANALYZE on every table.",
        executor_def=dg.in_process_executor,
    )
    def _job() -> None:
        _maintain()

    return _job
