"""Lab 01: MinIO, the catalog and Trino brought up one by one, and a first Iceberg table."""

from labkit.labs.lakehouse import bucket, evolution, files, hints, polaris_checks, tables, travel, trino_file
from labkit.spec import Exercise, LabSpec

LAB = LabSpec(
    name="01_lakehouse",
    title="A lakehouse by hand",
    minutes=60,
    memory_mib=3072,
    servers=("minio", "catalog", "trino"),
    started_by_hand=("minio", "catalog", "trino"),
    objectives=(
        "bring up a store, a catalog and a query engine that know one another",
        "say which file makes a row part of a table",
        "change a table's schema, read its past, and undo a commit",
    ),
    exercises=(
        Exercise("make_bucket", "make a bucket, twice", hints.MAKE_BUCKET, bucket.check),
        Exercise("catalog_request", "ask Polaris for a catalog", hints.CATALOG_REQUEST, polaris_checks.catalog_request),
        Exercise("grant_steps", "let a principal in", hints.GRANT_STEPS, polaris_checks.grant_steps),
        Exercise("catalog_file", "tell Trino where the tables are", hints.CATALOG_FILE, trino_file.check),
        Exercise("create_payments", "create a table that Trino reads", hints.CREATE_PAYMENTS, tables.check),
        Exercise("evolve", "change the schema, not the files", hints.EVOLVE, evolution.check),
        Exercise("snapshot_at", "find the snapshot of a moment", hints.SNAPSHOT_AT, travel.check),
        Exercise("live_files", "walk to the files that count", hints.LIVE_FILES, files.check),
    ),
)
