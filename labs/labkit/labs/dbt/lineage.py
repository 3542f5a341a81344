"""Exercise 5: the keys under which Dagster knows dbt's nodes, and the one picture that they make, or do not."""

import io
import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from functools import cache
from typing import Any, Final

from labkit.attempt import Attempt
from labkit.labs.dbt import answers, tables
from labkit.labs.dbt.project import Project, unlogged
from labkit.panel import Panel
from labkit.spec import Passed

AssetKey = Callable[[Mapping[str, Any]], list[str]]
SOURCE: Final = ("data", "payment_events")
MARTS: Final = ("fct_payments", "dim_customer", "fct_daily_payments")
_TOLD: Final = ("resource_type", "name", "unique_id", "schema", "source_name", "fqn")


def check(attempt: Attempt) -> Passed:
    """Name every node of the real project by the learner's function, and ask Dagster what a late event reaches."""
    attempt.written()
    nodes = nodes_of(tables.CHECKS)
    keys = {unique_id: attempt(node) for unique_id, node in nodes.items() if _is_asset(node)}
    if mistake := _of_keys(keys):
        raise answers.wrong(mistake)
    reached = _reached_from_source(lambda node: list(keys[node["unique_id"]]))
    names = {path[-1] for path in reached}
    if lost := [mart for mart in MARTS if mart not in names]:
        raise answers.wrong(f"Dagster finds no way from data/payment_events to {lost[0]}")
    return Passed(
        "Dagster draws one picture: what the ingestion writes is what dbt reads",
        {"a late event in data/payment_events reaches": f"{len(names) - 1} assets, {', '.join(MARTS)} among them"},
    )


def properties(unique_id: str) -> Panel:
    """Return what dbt's manifest tells of a node: a few of its many properties."""
    node = nodes_of(tables.CHECKS)[unique_id]
    shown = ((name, json.dumps(node[name])) for name in _TOLD if name in node)
    return Panel("properties of a dbt node", table=(("property", "value"), *shown))


@cache
def nodes_of(project: Project) -> dict[str, dict[str, Any]]:
    """Return the nodes and sources of a project by their unique ids, from the manifest that dbt writes.

    Read once per kernel: nothing that a learner writes gives a node another name.
    """
    with project.holding({}):
        content = project.manifest()
    found: dict[str, dict[str, Any]] = content["nodes"] | content["sources"]
    return found


def _is_asset(node: Mapping[str, Any]) -> bool:
    """Tell whether dagster-dbt makes an asset of a node: a test is a check, an ephemeral model is in its readers."""
    return (
        node["resource_type"] in ("model", "seed", "source")
        and node.get("config", {}).get("materialized") != "ephemeral"
    )


def _of_keys(keys: Mapping[str, Any]) -> str | None:
    for unique_id, key in keys.items():
        if isinstance(key, str):
            return f"the key of {unique_id} is the text {key!r}; asked for is the list of its parts, such as ['a', 'b']"
        if not isinstance(key, list) or not all(isinstance(part, str) for part in key):
            return f"the key of {unique_id} is a {type(key).__name__}; asked for is a list of `str`"
    for unique_id, key in keys.items():
        if unique_id.startswith("source.") and tuple(key) != SOURCE:
            return (
                f"dbt's source is the asset {'/'.join(key)}, and the ingestion writes data/payment_events: "
                "Dagster draws two "
                "pictures, and a load reaches no model"
            )
    seen: dict[tuple[str, ...], str] = {}
    for unique_id, key in keys.items():
        if (other := seen.setdefault(tuple(key), unique_id)) != unique_id:
            return f"{unique_id} and {other} are one asset, {'/'.join(key)}: a key is the name of one table"
    for unique_id, key in keys.items():
        wanted = ["data", unique_id.rpartition(".")[2]]
        if key != wanted:
            return (
                f"{unique_id} is the asset {'/'.join(key)}; where the ingestion's are, it would be {'/'.join(wanted)}"
            )
    return None


def _reached_from_source(asset_key: AssetKey) -> set[tuple[str, ...]]:
    with undisturbed():
        import dagster as dg  # noqa: PLC0415 - seconds, which only those who get this far should wait for

        from services.ingestion import assets  # noqa: PLC0415 - imports Dagster

        every = [assets.payment_events, assets.payment_events_quarantine, dbt_assets(tables.CHECKS, asset_key)]
        found = dg.AssetSelection.assets(dg.AssetKey(SOURCE)).downstream().resolve(every)
        return {tuple(key.path) for key in found}


@contextmanager
def undisturbed() -> Iterator[None]:
    """Leave out what Dagster and its libraries log, and what they warn of: one another's next releases."""
    with warnings.catch_warnings(), unlogged(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def dbt_assets(project: Project, asset_key: AssetKey, select: str = "fqn:*") -> Any:  # noqa: ANN401 - Dagster's, imported late
    """Return the models of a project as Dagster's assets, named by this function; made by one `dbt build`."""
    import dagster as dg  # noqa: PLC0415 - as above
    from dagster_dbt import DagsterDbtTranslatorSettings, DbtCliResource, DbtProject  # noqa: PLC0415
    from dagster_dbt import dbt_assets as dagster_dbt_assets  # noqa: PLC0415

    from services.ingestion.dbt_assets import LakehouseTranslator  # noqa: PLC0415

    class Translator(LakehouseTranslator):
        """The platform's own, with the learner's keys."""

        def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
            return dg.AssetKey(asset_key(dbt_resource_props))

    translator = Translator(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))
    found = DbtProject(project.folder)

    @dagster_dbt_assets(
        manifest=found.manifest_path, project=found, select=select, dagster_dbt_translator=translator, name="lab07"
    )
    def _built(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        yield from dbt.cli(["build"], context=context).stream()

    return _built


def materialized(project: Project, asset_key: AssetKey, select: str) -> tuple[Any, Any]:
    """Have Dagster make these models, in this process but for dbt; returns the assets, and what became of them."""
    import dagster as dg  # noqa: PLC0415 - as above
    from dagster_dbt import DbtProject  # noqa: PLC0415

    from services.ingestion import dbt_project  # noqa: PLC0415

    made = dbt_assets(project, asset_key, select)
    resources = {"dbt": dbt_project.cli(DbtProject(project.folder))}
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        return made, dg.materialize(
            [made], instance=instance, resources=resources, run_config=quiet, raise_on_error=False
        )
