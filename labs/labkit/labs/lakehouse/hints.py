"""The hints of this lab: each ladder leads from a question to nearly the code."""

from typing import Final

MAKE_BUCKET: Final = (
    "What does a set-up do that stopped half-way? It is run again. What does MinIO answer to the second request?",
    "boto3 has an exception for just that answer: `s3.exceptions.BucketAlreadyOwnedByYou`. Others are the caller's.",
    "`with suppress(s3.exceptions.…):` around `s3.create_bucket(Bucket=name)`, and no other exception.",
)
CATALOG_REQUEST: Final = (
    "What does a client ask Polaris? What the table's state is, and with which keys its files may be read.",
    (
        "The table above has every field. `default-base-location` is one of the `properties`, what is about S3 is in "
        "`storageConfigInfo`, and `allowedLocations` is a list."
    ),
    (
        '`{"catalog": {"name": name, "type": "INTERNAL", "properties": {…: location}, "storageConfigInfo": '
        '{"storageType": "S3", "endpoint": s3_endpoint, …}}}`. `pathStyleAccess` and `kmsUnavailable` are `True`.'
    ),
)
GRANT_STEPS: Final = (
    "Follow the picture from left to right. Which boxes have to be made, which arrows? A box comes first.",
    (
        "Three POSTs create (principal, principal role, catalog role), three PUTs connect; the table has their paths. "
        "Names of roles are yours to choose."
    ),
    (
        'The last one: `("PUT", f"/catalogs/{catalog}/catalog-roles/{role}/grants", {"grant": {"type": "catalog", '
        '"privilege": "CATALOG_MANAGE_CONTENT"}})`.'
    ),
)
CATALOG_FILE: Final = (
    "Two servers stand behind a table: which lines tell Trino of the catalog, and which of the files?",
    (
        "Values that differ from machine to machine, and secrets, are written `${ENV:NAME}`. The table above has the "
        "names of the properties; take those of your catalog."
    ),
    (
        "The platform's own file does the same work: `platform/trino/catalog/`, in the folder of your catalog. On "
        "Polaris, the warehouse is the one that the function was given."
    ),
)
CREATE_PAYMENTS: Final = (
    "What do you want to be unable to store? A payment without an amount, a float, a time that could be anywhere.",
    (
        "`Schema(NestedField(1, 'payment_id', StringType(), required=True), …)`; a partition names the column's id: "
        "`PartitionSpec(PartitionField(2, 1000, DayTransform(), 'paid_at_day'))`."
    ),
    "`catalog.create_table_if_not_exists(name, schema=…, location=location, partition_spec=…)` returns it, new or not.",
)
EVOLVE: Final = (
    "How would a reader of an old file know that its `note` is now the `memo`? Not by the name.",
    "`table.update_schema()` collects changes; used in `with … as update:`, it commits them together at the end.",
    "`update.add_column('tip', DecimalType(20, 4))`, and for the name `update.rename_column(…, …)`.",
)
SNAPSHOT_AT: Final = (
    "After a rollback, an older snapshot is current again. Which list tells that, `snapshots()` or `history()`?",
    "`table.snapshot_as_of_timestamp(…)` reads that list. In which unit does Iceberg count time, in which Python?",
    "`int(moment.timestamp() * 1000)` are the milliseconds; what comes back is a snapshot, and asked for is its id.",
)
LIVE_FILES: Final = (
    "Which file says which files count? Begin at `table.current_snapshot()`.",
    "`snapshot.manifests(table.io)` reads the manifest list, `manifest.fetch_manifest_entry(table.io)` a manifest.",
    "Two loops, one within the other; of each entry, `entry.data_file.file_path` goes into the set.",
)
