"""Lab 07: dbt in the real project: staging, a macro, a history that is tested, lineage, and what comes late."""

from labkit.labs.dbt import changes, hints, histories, lineage, staged, tiers, versions
from labkit.spec import Begins, Exercise, LabSpec

LAB = LabSpec(
    name="07_dbt",
    title="dbt: from rows to a star schema",
    minutes=60,
    memory_mib=3072,
    servers=("trino",),
    begins_with=Begins.PAYMENTS,
    exercises=(
        Exercise("staging", "one row per event, in its newest version", hints.STAGING, staged.check),
        Exercise("customer_tier", "a macro that the real models use", hints.CUSTOMER_TIER, tiers.check),
        Exercise("guest_versions", "a dimension that remembers: SCD type 2", hints.GUEST_VERSIONS, versions.check),
        Exercise("history_test", "a test that finds broken histories", hints.HISTORY_TEST, histories.check),
        Exercise("asset_key", "one lineage from bronze to the marts", hints.ASSET_KEY, lineage.check),
        Exercise("changed_rows", "an incremental model that loses nothing late", hints.CHANGED_ROWS, changes.check),
    ),
    objectives=(
        "write a staging model and a macro, and say what Jinja does before Trino sees any of it",
        "build a slowly changing dimension of type 2, with keys that are the same in every build",
        "write a generic test, and test the test",
        "draw one lineage of ingestion and dbt, and run both in Dagster",
        "keep late and corrected events out of the gap that a high-water mark leaves",
    ),
)
