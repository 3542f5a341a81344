"""Exercise 4: bronze as a Dagster asset, which the real IO manager loads."""

from typing import Any, Final

import dagster as dg

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.ingestion import dagster_runs
from labkit.labs.ingestion.world import World
from labkit.servers import warehouse
from labkit.spec import Passed
from services.ingestion.io_manager import IcebergIOManager, UnloadedRows
from services.ingestion.tables import PAYMENT_EVENTS

CHECKS: Final = World("lab06_check")
KEY: Final = dg.AssetKey(["lab06", "payment_events"])
GROUP: Final = "payment_ingestion"
MANAGER: Final = "iceberg_io_manager"
ROWS: Final = 6


class Looking(IcebergIOManager):
    """The real IO manager; it remembers what it was given, and loads only what can be loaded."""

    seen: object = None

    def handle_output(self, context: dg.OutputContext, obj: UnloadedRows) -> None:
        """Load, if these are rows that are not read yet."""
        self.seen = obj
        if isinstance(obj, UnloadedRows):
            super().handle_output(context, obj)


def check(attempt: Attempt) -> Passed:
    """Look at the asset as Dagster sees it, materialize it twice, and ask Trino for the rows."""
    made = attempt()
    if mistake := _of_definition(made):
        raise WrongAnswerError(mistake)
    CHECKS.start_over()
    CHECKS.arrive(ROWS)
    given = dagster_runs.resources(CHECKS)
    given[MANAGER] = manager = Looking(CHECKS.ingestion().lake, 1000)
    results = [dagster_runs.run(made, given) for _ in range(2)]
    if mistake := _of_run(results, manager):
        raise WrongAnswerError(mistake)
    first, second = (_loaded(result) for result in results)
    query = f"SELECT count(*), count(DISTINCT date(ingested_at)) FROM lakehouse.{CHECKS.name}.payment_events"  # noqa: S608 - ours
    [[count, days]] = warehouse.query(query).rows
    return Passed(
        "Dagster knows the asset, and its IO manager loaded it: each payment once, however often it is materialized",
        {
            "asset": f"{KEY.to_user_string()}, group {GROUP}",
            "two materializations": f"{first} rows, then {second}",
            "Trino": f"{count} rows in {days} day",
        },
    )


def _loaded(result: dg.ExecuteInProcessResult) -> object:
    [event] = result.get_asset_materialization_events()
    return event.step_materialization_data.materialization.metadata["rows_loaded"].value


def _of_definition(made: Any) -> str | None:  # noqa: ANN401, PLR0911 - whatever a learner returns; one for each mistake
    if not isinstance(made, dg.AssetsDefinition):
        return f"`bronze_asset` returned a {type(made).__name__}; asked for was what `@dg.asset` makes of a function"
    if made.key != KEY:
        return (
            f"the asset's key is `{made.key.to_user_string()}`; asked for was `{KEY.to_user_string()}`: prefix and name"
        )
    if MANAGER not in made.required_resource_keys:
        return (
            "the asset names no `io_manager_key`, so Dagster's own IO manager would take what it returns, and pickle "
            "it into a file: green in the UI, and not a row in the table"
        )
    if "postgres" not in made.required_resource_keys:
        return (
            "the asset does not ask for the resource `postgres`: a parameter of type `dg.ResourceParam[…]`, by its name"
        )
    if made.group_names_by_key[KEY] != GROUP:
        return f"the asset is in the group `{made.group_names_by_key[KEY]}`; asked for was `{GROUP}`"
    if made.metadata_by_key[KEY].get("partition_expr") != PAYMENT_EVENTS.partition_expr:
        return (
            "the metadata does not say `partition_expr`: whoever reads the asset in the UI wants to know its partition"
        )
    return None


def _of_run(results: list[dg.ExecuteInProcessResult], manager: Looking) -> str | None:
    for result in results:
        if not result.success:
            return f"Dagster's run failed: {dagster_runs.error_of(result)}"
    seen = manager.seen
    if not isinstance(seen, UnloadedRows):
        return (
            f"the asset returned a {type(seen).__name__}; asked for was `UnloadedRows`, which says where the rows are. "
            "They are read while they are written, so a million of them never are in memory at once"
        )
    if seen.table is not PAYMENT_EVENTS:
        return f"the rows are those of `{seen.table.name}`; asked for were those of `payment_events`"
    return None
