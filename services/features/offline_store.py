"""A Feast offline store on our Iceberg catalog, with DuckDB's as-of join.

Feast's own stores join every payment with every earlier row of its customer, all columns included, before they keep the
newest: for a million events some 8 GB. An ASOF JOIN finds the one row in a sorted list. The result is that of Feast's
file store, which a test asserts. Named by `offline_store.type`, so Feast decides what is asked; this answers.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import pandas as pd
import pyarrow as pa
from feast import FeatureView, RepoConfig
from feast.data_source import DataSource
from feast.infra.data_sources.contrib.iceberg_catalog.iceberg_source import IcebergSource
from feast.infra.offline_stores.offline_store import OfflineStore, RetrievalJob, RetrievalMetadata
from feast.infra.registry.base_registry import BaseRegistry
from feast.on_demand_feature_view import OnDemandFeatureView
from feast.repo_config import FeastConfigBaseModel

from services.contracts import iceberg
from services.features.computing import database
from services.features.tables import opened

ENTITY_TIMESTAMP = "event_timestamp"
FOREVER = timedelta(days=36_500)


class AsOfOfflineStoreConfig(FeastConfigBaseModel):
    """The store's part of Feast's configuration."""

    type: Literal["services.features.offline_store.AsOfOfflineStore"] = (
        "services.features.offline_store.AsOfOfflineStore"
    )
    threads: int = 2
    memory_mib: int = 1500


class AsOfRetrievalJob(RetrievalJob):
    """A result that is there already; Feast adds the on-demand features when it is asked for."""

    def __init__(self, rows: pa.Table, on_demand: Sequence[OnDemandFeatureView] = (), refs: Sequence[str] = ()) -> None:
        super().__init__()
        self._rows = rows
        self._on_demand = list(on_demand)
        self._metadata = RetrievalMetadata(features=list(refs), keys=[])

    @property
    def full_feature_names(self) -> bool:
        """Whether names carry their view's: never, ours are unique."""
        return False

    @property
    def on_demand_feature_views(self) -> list[OnDemandFeatureView]:
        """What is computed from the rows."""
        return self._on_demand

    @property
    def metadata(self) -> RetrievalMetadata:
        """What was asked for."""
        return self._metadata

    def _to_df_internal(self, timeout: int | None = None) -> pd.DataFrame:  # noqa: ARG002 - Feast's own signature
        return self._rows.to_pandas()

    def _to_arrow_internal(self, timeout: int | None = None) -> pa.Table:  # noqa: ARG002 - Feast's own signature
        return self._rows


class AsOfOfflineStore(OfflineStore):
    """Point-in-time joins on Iceberg tables."""

    @staticmethod
    def get_historical_features(  # noqa: PLR0913, PLR0917 - Feast's own signature
        config: RepoConfig,
        feature_views: list[FeatureView],
        feature_refs: list[str],
        entity_df: pd.DataFrame,
        registry: BaseRegistry,
        project: str,
        full_feature_names: bool = False,  # noqa: ARG004, FBT001, FBT002
        **_: object,
    ) -> RetrievalJob:
        """Return a job whose result is the frame with the newest feature row of each view, at or before each time.

        A row older than its view's TTL counts as none.
        """
        on_demand = OnDemandFeatureView.get_requested_odfvs(feature_refs, project, registry)
        frame = entity_df.assign(**{ENTITY_TIMESTAMP: pd.to_datetime(entity_df[ENTITY_TIMESTAMP], utc=True)})
        oldest, newest = (moment.to_pydatetime() for moment in frame[ENTITY_TIMESTAMP].agg(["min", "max"]))
        with database(config.offline_store.threads, config.offline_store.memory_mib) as connection:
            connection.register("entities", pa.Table.from_pandas(frame, preserve_index=False))
            connection.execute("create temp table joined as select *, row_number() over () as row_id from entities")
            for view in feature_views:
                ttl, source = view.ttl or FOREVER, _iceberg(view.batch_source)
                wanted = _wanted(view, feature_refs, on_demand)
                columns = [*view.join_keys, str(source.timestamp_field), *wanted]
                connection.register("features", _scan(source, columns, oldest - ttl, newest))
                connection.execute(f"create or replace temp table joined as {_as_of(view, source, ttl, wanted)}")
            rows = connection.sql("select * exclude (row_id) from joined order by row_id").to_arrow_table()
        return AsOfRetrievalJob(rows, on_demand, feature_refs)

    @staticmethod
    def pull_latest_from_table_or_query(  # noqa: PLR0913, PLR0917 - Feast's own signature
        config: RepoConfig,
        data_source: DataSource,
        join_key_columns: list[str],
        feature_name_columns: list[str],
        timestamp_field: str,
        created_timestamp_column: str | None,  # noqa: ARG004
        start_date: datetime,
        end_date: datetime,
    ) -> RetrievalJob:
        """Return a job whose result is the newest row of each key in that time: what materialising writes."""
        columns = [*join_key_columns, *feature_name_columns, timestamp_field]
        with database(config.offline_store.threads, config.offline_store.memory_mib) as connection:
            connection.register("features", _scan(_iceberg(data_source), columns, start_date, end_date))
            keys = ", ".join(join_key_columns)
            newest = f"select {keys}, max({timestamp_field}) as {timestamp_field} from features group by {keys}"
            rows = connection.sql(
                f"select {', '.join(columns)} from features inner join ({newest}) using ({keys}, {timestamp_field})"
            ).to_arrow_table()
        return AsOfRetrievalJob(rows)


def _wanted(view: FeatureView, refs: Sequence[str], on_demand: Sequence[OnDemandFeatureView]) -> list[str]:
    """Return the view's features that are asked for, and those that an on-demand view needs."""
    asked = {ref.split(":")[1] for ref in refs if ref.split(":")[0] == view.name}
    needed = any(view.name in each.source_feature_view_projections for each in on_demand)
    return [feature.name for feature in view.features if needed or feature.name in asked]


def _as_of(view: FeatureView, source: IcebergSource, ttl: timedelta, wanted: Sequence[str]) -> str:
    """Return SQL that joins `joined` with `features`; what is older than the TTL is left out."""
    renamed = f"select * exclude ({source.timestamp_field}), {source.timestamp_field} as known_from from features"
    fresh = f"{ENTITY_TIMESTAMP} <= known_from + interval {int(ttl.total_seconds())} second"
    return f"""
        select joined.*, {", ".join(f"if({fresh}, {name}, null) as {name}" for name in wanted)}
        from joined asof left join ({renamed}) as newest
            on {" and ".join(f"joined.{key} = newest.{key}" for key in view.join_keys)}
            and joined.{ENTITY_TIMESTAMP} >= newest.known_from
    """


def _iceberg(source: DataSource | None) -> IcebergSource:
    assert isinstance(source, IcebergSource)  # noqa: S101 - the only kind in our repository
    return source


def _scan(source: IcebergSource, columns: list[str], since: datetime, until: datetime) -> pa.Table:
    table = opened(iceberg.load(), f"{source.namespace}.{source.iceberg_table}")
    stamp = str(source.timestamp_field)
    first, last = since.astimezone(UTC).isoformat(), until.astimezone(UTC).isoformat()
    between = f"{stamp} >= '{first}' and {stamp} <= '{last}'"
    return table.scan(between, selected_fields=tuple(columns)).to_arrow()
