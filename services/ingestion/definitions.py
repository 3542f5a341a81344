"""Everything that Dagster knows about the platform, in one place: `dagster dev -m services.ingestion.definitions`."""

import dagster as dg

from services.features import assets as features
from services.features.settings import FeaturesSettings
from services.ingestion import assets, automation, checks, dbt_project
from services.ingestion.automation import BATCH_JOB
from services.ingestion.bootstrap import Ingestion, bootstrap
from services.ingestion.dbt_assets import dbt_assets
from services.ingestion.io_manager import IcebergIOManager
from services.ingestion.maintenance import maintenance_job
from services.ingestion.measures import Measures
from services.ingestion.settings import IngestionSettings
from services.ingestion.trino import TrinoResource


def build(ingestion: Ingestion) -> dg.Definitions:
    """Return the assets from bronze to features, their checks, the jobs and what starts them, and what they need."""
    settings = ingestion.settings
    feature_settings = FeaturesSettings(marts_namespace=settings.namespace)
    project = dbt_project.prepare(settings)
    trino = TrinoResource(settings.trino, settings.namespace)
    return dg.Definitions(
        assets=[
            assets.payment_events,
            assets.payment_events_quarantine,
            dbt_assets(project, settings),
            features.tables(feature_settings),
            features.online_store(feature_settings),
        ],
        asset_checks=[
            checks.payment_events_quality,
            checks.payment_events_quarantine_quality,
            features.freshness(feature_settings),
        ],
        jobs=[
            dg.define_asset_job(
                BATCH_JOB,
                selection=dg.AssetSelection.all() - dg.AssetSelection.groups(features.GROUP),
                description="Bronze to Iceberg, then `dbt build`.",
            ),
            features.JOB,
            maintenance_job(settings),
        ],
        schedules=[automation.batch_schedule, automation.maintenance_schedule],
        sensors=[automation.unloaded_rows_waiting],
        resources={
            "postgres": ingestion.bronze,
            "iceberg_io_manager": IcebergIOManager(ingestion.lake, settings.batch_rows),
            "trino": trino,
            "measures": Measures(settings.postgres, trino),
            "dbt": dbt_project.cli(project),
        },
        # Two small loads and one dbt command: a process for each step would cost more than it runs.
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions for the platform of this clone; called by Dagster, not at import."""
    return build(bootstrap(IngestionSettings()))
