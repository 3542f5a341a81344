"""Everything that Dagster knows about the platform, in one place: `dagster dev -m services.ingestion.definitions`."""

import dagster as dg

from services.ingestion import assets, dbt_project
from services.ingestion.bootstrap import Ingestion, bootstrap
from services.ingestion.dbt_assets import dbt_assets
from services.ingestion.io_manager import IcebergIOManager
from services.ingestion.settings import IngestionSettings

BATCH_JOB = "payments_batch"


def build(ingestion: Ingestion) -> dg.Definitions:
    """Return the assets from bronze to marts, the job that runs them all, and what they need."""
    project = dbt_project.prepare(ingestion.settings)
    return dg.Definitions(
        assets=[
            assets.payment_events,
            assets.payment_events_quarantine,
            dbt_assets(project, ingestion.settings),
        ],
        jobs=[
            dg.define_asset_job(
                BATCH_JOB, selection=dg.AssetSelection.all(), description="Bronze to Iceberg, then `dbt build`."
            )
        ],
        resources={
            "postgres": ingestion.bronze,
            "iceberg_io_manager": IcebergIOManager(ingestion.lake, ingestion.settings.batch_rows),
            "dbt": dbt_project.cli(project),
        },
        # Two small loads and one dbt command: a process for each step would cost more than it runs.
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Return the definitions for the platform of this clone; called by Dagster, not at import."""
    return build(bootstrap(IngestionSettings()))
