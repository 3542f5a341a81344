"""Bronze to Iceberg, each row exactly once, and then dbt: the batch side of the platform, as Dagster assets."""
