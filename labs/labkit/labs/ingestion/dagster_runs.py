"""Running assets in Dagster, in this process and for one moment: a history of its own, and no log in the notebook."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import dagster as dg

from labkit.labs.ingestion.world import World
from labkit.panel import Panel, Tone
from services.ingestion.io_manager import IcebergIOManager

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def resources(world: World) -> dict[str, Any]:
    """Return what the real ingestion's assets ask for, on this world's bronze and lake."""
    ingestion = world.ingestion()
    manager = IcebergIOManager(ingestion.lake, ingestion.settings.batch_rows)
    return {"postgres": ingestion.bronze, "iceberg_io_manager": manager}


def run(asset: dg.AssetsDefinition, given: dict[str, Any], partition: str | None = None) -> dg.ExecuteInProcessResult:
    """Materialize one asset (one partition of it). What a step raises is in the result."""
    # In a thread of its own: Dagster runs an event loop, and so does a notebook's thread.
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(_run, asset, given, partition).result()


def _run(asset: dg.AssetsDefinition, given: dict[str, Any], partition: str | None) -> dg.ExecuteInProcessResult:
    with dg.DagsterInstance.ephemeral() as history:
        return dg.materialize(
            [asset],
            instance=history,
            resources=given,
            run_config=_QUIET,
            partition_key=partition,
            raise_on_error=False,
        )


def error_of(result: dg.ExecuteInProcessResult) -> str:
    """Return the class and message of what made a step fail, the innermost."""
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            while error and error.cause:
                error = error.cause
            return error.message.strip() if error else "no reason given"
    return ""


def materialize(world: World, asset: dg.AssetsDefinition) -> Panel:
    """Materialize one asset and return what Dagster will remember of it."""
    result = run(asset, resources(world))
    if not result.success:
        return Panel("the run failed", Tone.BAD, lines=(error_of(result),))
    [found] = (event.step_materialization_data.materialization for event in result.get_asset_materialization_events())
    rows = [(name, str(value.value)) for name, value in found.metadata.items()]
    return Panel(f"materialized {found.asset_key.to_user_string()}", Tone.GOOD, table=(("metadata", "value"), *rows))
