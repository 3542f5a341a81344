"""The features as Dagster assets, downstream of the marts. Their job is their own: a batch does not wait for them."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import dagster as dg

from services.features.settings import FeaturesSettings

if TYPE_CHECKING:
    from services.features.bootstrap import Features

KEY_PREFIX: Final = "features"
GROUP: Final = "features"
FEATURES_JOB: Final = "features"
FACTS: Final = dg.AssetKey(["data", "fct_payments"])
TABLES: Final = tuple(dg.AssetKey([KEY_PREFIX, name]) for name in ("customer_features", "merchant_features"))
LATE_AFTER: Final = timedelta(hours=1)


def _features(settings: FeaturesSettings) -> "Features":
    from services.features.bootstrap import bootstrap  # noqa: PLC0415 - Feast takes seconds to import

    return bootstrap(settings)


def tables(settings: FeaturesSettings) -> dg.AssetsDefinition:
    """Return the two feature tables: one step, since both are counted from one reading of the facts."""

    @dg.multi_asset(
        name="feature_tables",
        specs=[dg.AssetSpec(key, deps=[FACTS], group_name=GROUP, kinds={"iceberg", "duckdb"}) for key in TABLES],
    )
    def _tables() -> tuple[dg.MaterializeResult[None], ...]:
        built = _features(settings).build()
        counts = (built.customer_rows, built.merchant_rows)
        snapshots = (built.customers_snapshot_id, built.merchants_snapshot_id)
        return tuple(
            dg.MaterializeResult(
                key,
                metadata={
                    "rows": rows,
                    "snapshot_id": str(snapshot),
                    "marts_snapshot_id": str(built.facts_snapshot_id),
                    "known_up_to": built.newest_fact.isoformat(),
                },
            )
            for key, rows, snapshot in zip(TABLES, counts, snapshots, strict=True)
        )

    return _tables


def online_store(settings: FeaturesSettings) -> dg.AssetsDefinition:
    """Return the online store, brought to the present."""

    @dg.asset(
        key_prefix=KEY_PREFIX, name="online_store", group_name=GROUP, deps=list(TABLES), kinds={"feast", "sqlite"}
    )
    def _online() -> dg.MaterializeResult[None]:
        now = datetime.now(UTC)
        _features(settings).materialize(now)
        return dg.MaterializeResult(metadata={"as_of": now.isoformat()})

    return _online


def freshness(settings: FeaturesSettings) -> dg.AssetChecksDefinition:
    """Return the check that warns when the marts went on more than an hour ago and the features did not."""

    @dg.asset_check(asset=TABLES[0], name="features_follow_the_marts")
    def _check() -> dg.AssetCheckResult:
        behind = _features(settings).behind_the_marts(datetime.now(UTC))
        return dg.AssetCheckResult(
            passed=behind <= LATE_AFTER,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"behind_s": behind.total_seconds()},
        )

    return _check


JOB: Final = dg.define_asset_job(
    FEATURES_JOB, selection=dg.AssetSelection.groups(GROUP), description="Marts to features, then the online store."
)
