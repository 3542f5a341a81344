"""Lab 06: from bronze to Iceberg with Dagster, without losing a row and without doubling one."""

from labkit.labs.ingestion import asset_check, auditing, claiming, hints, killing, totals, undoing
from labkit.spec import Begins, Exercise, LabSpec

LAB = LabSpec(
    name="06_ingestion",
    title="Dagster to Iceberg without losing a row",
    minutes=60,
    memory_mib=3584,
    servers=("postgres", "minio", "catalog", "trino"),
    begins_with=Begins.PAYMENTS,
    objectives=(
        "say which order of writing and marking loses rows, and prove it with a process that was killed",
        "load a table exactly once, whatever dies at whatever line",
        "make a table a Dagster asset, and a day of it a partition that may run again",
        "take a bad batch back, and read what the table was before",
    ),
    exercises=(
        Exercise("claim", "a work list that no late row escapes", hints.CLAIM, claiming.check),
        Exercise("audit", "what is lost, what is doubled", hints.AUDIT, auditing.check),
        Exercise("load", "a batch that may die anywhere", hints.LOAD, killing.check),
        Exercise("bronze_asset", "bronze as a Dagster asset", hints.BRONZE_ASSET, asset_check.check),
        Exercise("daily_totals", "a partition that may run again", hints.DAILY_TOTALS, totals.check),
        Exercise("undo", "take a batch back", hints.UNDO, undoing.check),
    ),
)
