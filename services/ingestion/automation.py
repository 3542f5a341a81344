"""What starts the jobs by itself, once somebody has switched it on in the UI: nothing runs behind a learner's back."""

import dagster as dg

from services.ingestion.maintenance import MAINTENANCE_JOB
from services.ingestion.postgres import PostgresResource
from services.ingestion.tables import ALL

BATCH_JOB = "payments_batch"
SENSOR_INTERVAL_S = 30

batch_schedule = dg.ScheduleDefinition(
    name="batch_every_15_minutes", job_name=BATCH_JOB, cron_schedule="*/15 * * * *", execution_timezone="UTC"
)
maintenance_schedule = dg.ScheduleDefinition(
    name="maintenance_every_night", job_name=MAINTENANCE_JOB, cron_schedule="0 3 * * *", execution_timezone="UTC"
)


@dg.sensor(
    job_name=BATCH_JOB,
    minimum_interval_seconds=SENSOR_INTERVAL_S,
    description="Starts a batch when rows wait in bronze and none is running.",
)
def unloaded_rows_waiting(
    context: dg.SensorEvaluationContext, postgres: dg.ResourceParam[PostgresResource]
) -> dg.RunRequest | dg.SkipReason:
    """Ask for a run. It has no run key: after a batch that failed, the same rows must be able to ask again."""
    waiting = sum(postgres.waiting(table) for table in ALL)
    if not waiting:
        return dg.SkipReason("No row waits.")
    under_way = [
        dg.DagsterRunStatus.QUEUED,
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
    ]
    if context.instance.get_run_records(dg.RunsFilter(job_name=BATCH_JOB, statuses=under_way), limit=1):
        return dg.SkipReason(f"{waiting} rows wait, and a batch is under way.")
    return dg.RunRequest(tags={"rows_waiting": str(waiting)})
