"""One batch in this process: the Dagster job, and its summary."""

from typing import cast

import dagster as dg

from services.ingestion.automation import BATCH_JOB
from services.ingestion.bootstrap import Ingestion
from services.ingestion.definitions import build
from services.ingestion.instance import instance
from services.ingestion.summary import Loaded, Summary
from services.ingestion.tables import ALL

_QUIET = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}


def run(ingestion: Ingestion) -> Summary:
    """Run the batch job; a failing step is in the summary, not raised."""
    job = build(ingestion).resolve_job_def(BATCH_JOB)
    with instance() as history:
        return _summary(job.execute_in_process(instance=history, run_config=_QUIET, raise_on_error=False))


def _summary(result: dg.ExecuteInProcessResult) -> Summary:
    materialized = {
        event.materialization.asset_key.path[-1]: event.materialization.metadata
        for event in (e.step_materialization_data for e in result.get_asset_materialization_events())
    }
    tables = {table.name for table in ALL}
    checks = result.get_asset_check_evaluations()
    failed = [check for check in checks if not check.passed]
    return Summary(
        loaded=tuple(
            Loaded(
                name, cast("int", metadata["rows_loaded"].value), tuple(cast("list[str]", metadata["batches"].value))
            )
            for name, metadata in materialized.items()
            if name in tables
        ),
        models=tuple(sorted(set(materialized) - tables)),
        checks_passed=sum(check.passed for check in checks),
        checks_failed=tuple(_shown(check) for check in failed if check.severity == dg.AssetCheckSeverity.ERROR),
        warnings=tuple(_shown(check) for check in failed if check.severity == dg.AssetCheckSeverity.WARN),
        failures=tuple(f"{event.step_key}: {_reason(event)}" for event in result.all_events if event.is_step_failure),
    )


def _shown(check: dg.AssetCheckEvaluation) -> str:
    return f"{check.asset_key.path[-1]}.{check.check_name}: {check.description or 'see its history in Dagster'}"


def _reason(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    while error and error.cause:
        error = error.cause
    return error.message.strip() if error else "no reason given"
