"""The dbt models and seeds as Dagster assets, their tests as asset checks, downstream of the bronze assets."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, DbtProject
from dagster_dbt import dbt_assets as dagster_dbt_assets

from services.contracts.environment import environment
from services.contracts.settings import state_dir
from services.ingestion.assets import KEY_PREFIX
from services.ingestion.dbt_project import variables
from services.ingestion.settings import IngestionSettings

# Unit tests read made-up rows: they belong before a release, not into each batch.
BUILD: Final = ["build", "--exclude-resource-type", "unit_test"]


class LakehouseTranslator(DagsterDbtTranslator):
    """Names models and sources alike `data/<table>`, so that dbt's source is the asset that the ingestion writes."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return the key of a model, a seed or a source."""
        return dg.AssetKey([KEY_PREFIX, dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the folder below the project's: `staging`, `marts`; for a seed, `seeds`."""
        if dbt_resource_props["resource_type"] == "seed":
            return "seeds"
        return str(dbt_resource_props["fqn"][1])


def dbt_assets(project: DbtProject, settings: IngestionSettings) -> dg.AssetsDefinition:
    """Return every model, seed and data test of the project as one step: a single `dbt build`."""
    # What dbt tests of its source, too, shows on the asset that the ingestion writes.
    translator = LakehouseTranslator(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    @dagster_dbt_assets(manifest=project.manifest_path, project=project, dagster_dbt_translator=translator)
    def lakehouse_analytics(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        with environment(variables(settings)):
            # One folder, written again by each build: by default every run leaves one behind.
            build = dbt.cli(BUILD, context=context, target_path=state_dir() / "dbt")
        yield from build.stream()

    return lakehouse_analytics
