"""The two bronze tables as Dagster assets."""

import dagster as dg

from services.ingestion.io_manager import UnloadedRows
from services.ingestion.postgres import PostgresResource
from services.ingestion.tables import PAYMENT_EVENTS, QUARANTINE, BronzeTable

KEY_PREFIX = "data"
GROUP = "payment_ingestion"


def bronze_asset(table: BronzeTable) -> dg.AssetsDefinition:
    """Return the asset `data/<table>`."""

    @dg.asset(
        name=table.name,
        key_prefix=KEY_PREFIX,
        group_name=GROUP,
        kinds={"postgres", "iceberg"},
        description=table.description,
        io_manager_key="iceberg_io_manager",
        metadata={"partition_expr": table.partition_expr},
    )
    def _asset(postgres: dg.ResourceParam[PostgresResource]) -> UnloadedRows:
        return UnloadedRows(table, postgres)

    return _asset


payment_events = bronze_asset(PAYMENT_EVENTS)
payment_events_quarantine = bronze_asset(QUARANTINE)
