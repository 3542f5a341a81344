"""Wrong answers about the life of a table: made, evolved, looked back at, followed to its files."""

from collections.abc import Callable
from typing import Any

from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import DayTransform, IdentityTransform, MonthTransform, Transform
from pyiceberg.types import DecimalType, DoubleType, IcebergType, NestedField, StringType, TimestampType

from labkit import source
from labkit.labs.lakehouse import LAB, sample
from labkit.servers import object_store

Wrong = dict[str, tuple[Callable[..., Any], str]]


def table(
    *fields: NestedField, partition: tuple[int, Transform[Any, Any], str] | None = (2, DayTransform(), "paid_at_day")
) -> Callable[..., Any]:
    """Return an answer that makes a table of the reference's columns, with these in the place of their namesakes."""
    by_id = {field.field_id: field for field in (*sample.SCHEMA.fields, *fields)}
    spec = [PartitionField(partition[0], 1000, partition[1], partition[2])] if partition else []

    def create(catalog: Any, name: str, location: str) -> Any:  # noqa: ANN401
        schema = Schema(*by_id.values())
        return catalog.create_table_if_not_exists(name, schema, location, PartitionSpec(*spec))

    return create


def again(catalog: Any, name: str, location: str) -> Any:  # noqa: ANN401
    if catalog.table_exists(name):
        catalog.drop_table(name)
    return table()(catalog, name, location)


def column(number: int, name: str, kind: IcebergType, *, required: bool = True) -> NestedField:
    return NestedField(number, name, kind, required=required)


CREATE_PAYMENTS: Wrong = {
    "nothing": (lambda _c, _n, _l: None, "the catalog has no table of the `name`"),
    "a double": (table(column(3, "amount", DoubleType())), "`amount` is a double"),
    "cents": (table(column(3, "amount", DecimalType(10, 2))), "`amount` is a decimal(10, 2)"),
    "no zone": (table(column(2, "paid_at", TimestampType())), "a timestamp without a zone"),
    "text": (table(column(2, "paid_at", StringType()), partition=None), "`paid_at` is a string"),
    "all optional": (
        table(column(1, "payment_id", StringType(), required=False)),
        "`payment_id` is optional; asked for was required",
    ),
    "note required": (table(column(5, "note", StringType())), "`note` is required; asked for was optional"),
    "another name": (table(column(1, "id", StringType())), "missing payment_id; too many id"),
    "no partition": (table(partition=None), "the table has no partitions"),
    "by the time itself": (table(partition=(2, IdentityTransform(), "paid_at_id")), "the partition is `identity`"),
    "by month": (table(partition=(2, MonthTransform(), "paid_at_month")), "the partition is `month`"),
    "by another column": (table(partition=(4, IdentityTransform(), "currency_id")), "is partitioned by `currency`"),
    "only once": (
        lambda c, n, u: c.create_table(n, sample.SCHEMA, u, sample.BY_DAY),
        "the second run raised TableAlreadyExistsError",
    ),
    "dropped first": (again, "the second run lost it: never drop a table"),
    "not returned": (lambda c, n, u: table()(c, n, u) and None, "the function returned a NoneType: return the table"),
    "elsewhere": (lambda c, n, u: table()(c, n, f"{u}-2"), "the table's files are elsewhere"),
}


def updated(change: Callable[[Any], object], **options: bool) -> Callable[[Any], None]:
    def evolve(table: Any) -> None:  # noqa: ANN401
        with table.update_schema(**options) as update:
            change(update)

    return evolve


def tip(update: Any, kind: IcebergType = DecimalType(20, 4), *, required: bool = False) -> Any:  # noqa: ANN401, B008
    return update.add_column("tip", kind, required=required)


def two_steps(table: Any) -> None:  # noqa: ANN401
    updated(lambda u: tip(u).delete_column("note"))(table)
    updated(lambda u: u.add_column("memo", StringType()))(table)


def rewritten(table: Any) -> None:  # noqa: ANN401
    source.reference(LAB.name, "evolve")(table)
    table.overwrite(table.scan().to_arrow())


def new_table(table: Any) -> None:  # noqa: ANN401
    name = ".".join(table.name())
    table.catalog.drop_table(name)
    made = table.catalog.create_table(name, sample.SCHEMA, f"{table.location()}-2", sample.BY_DAY)
    source.reference(LAB.name, "evolve")(made)


EVOLVE: Wrong = {
    "not committed": (lambda t: tip(t.update_schema()), "an update only collects"),
    "drop and add": (two_steps, "`memo` is a new column"),
    "added beside": (updated(lambda u: tip(u).add_column("memo", StringType())), "`memo` is a new column"),
    "half": (updated(tip), "and no column `memo`"),
    "the other half": (updated(lambda u: u.rename_column("note", "memo")), "there is no column `tip`"),
    "a double": (updated(lambda u: tip(u, DoubleType()).rename_column("note", "memo")), "`tip` is a double"),
    "required": (
        updated(lambda u: tip(u, required=True).rename_column("note", "memo")),
        "`evolve` raised ValueError: Incompatible change",
    ),
    "required by force": (
        updated(lambda u: tip(u, required=True).rename_column("note", "memo"), allow_incompatible_changes=True),
        "`tip` is required",
    ),
    "rows written again": (rewritten, "the table has a new snapshot"),
    "another table": (new_table, "this is another table under the old name"),
    "the currency lost": (
        updated(lambda u: tip(u).rename_column("note", "memo").delete_column("currency")),
        "`currency` is gone",
    ),
}


def by_snapshots(table: Any, moment: Any) -> int:  # noqa: ANN401
    earlier = [one for one in table.snapshots() if one.timestamp_ms <= moment.timestamp() * 1000]
    return int(max(earlier, key=lambda one: one.timestamp_ms).snapshot_id)


def by_history(keep: Callable[[int, float], bool], pick: int) -> Callable[..., int]:
    def snapshot_at(table: Any, moment: Any) -> int:  # noqa: ANN401
        kept = [entry for entry in table.history() if keep(entry.timestamp_ms, moment.timestamp() * 1000)]
        return int((kept or table.history())[pick].snapshot_id)

    return snapshot_at


def as_of(table: Any, ms: float) -> Any:  # noqa: ANN401
    return table.snapshot_as_of_timestamp(int(ms))


SNAPSHOT_AT: Wrong = {
    "seconds": (lambda t, m: as_of(t, m.timestamp()).snapshot_id, "its times are milliseconds since 1970"),
    "the snapshot itself": (lambda t, m: as_of(t, m.timestamp() * 1000), "returned the snapshot; asked for was its id"),
    "None": (lambda _t, _m: None, "`snapshot_at` returned a NoneType"),
    "its time": (lambda t, m: as_of(t, m.timestamp() * 1000).timestamp_ms, "no id of this table's snapshots"),
    "the current one": (lambda t, _m: t.current_snapshot().snapshot_id, "is snapshot 3 of 3 for every moment"),
    "the zone thrown away": (
        lambda t, m: as_of(t, m.replace(tzinfo=None).timestamp() * 1000 + 9 * 3_600_000).snapshot_id,
        "is snapshot 3 of 3 for every moment",
    ),
    "all snapshots": (by_snapshots, "rolled back by then"),
    "before, not at": (by_history(lambda at, moment: at < moment, -1), "from its own millisecond on"),
    "the next one": (by_history(lambda at, moment: at >= moment, 0), "which was yet to come"),
}


def walk(every: bool = False, deleted: bool = False) -> Callable[[Any], set[str]]:  # noqa: FBT001, FBT002
    def live_files(table: Any) -> set[str]:  # noqa: ANN401
        snapshots = table.snapshots() if every else [table.current_snapshot()]
        return {
            entry.data_file.file_path
            for snapshot in snapshots
            for manifest in snapshot.manifests(table.io)
            for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=not deleted)
        }

    return live_files


def listed(table: Any) -> set[str]:  # noqa: ANN401
    bucket, _, prefix = table.location().removeprefix("s3://").partition("/")
    keys = object_store.objects(object_store.client(), bucket, f"{prefix}/")
    return {f"s3://{bucket}/{key}" for key, _ in keys if key.endswith(".parquet")}


def first_manifest(table: Any) -> set[str]:  # noqa: ANN401
    manifest = table.current_snapshot().manifests(table.io)[0]
    return {entry.data_file.file_path for entry in manifest.fetch_manifest_entry(table.io)}


LIVE_FILES: Wrong = {
    "a number": (lambda t: len(walk()(t)), "`live_files` returned a int"),
    "data files": (
        lambda t: [e.data_file for m in t.current_snapshot().manifests(t.io) for e in m.fetch_manifest_entry(t.io)],
        "these are `DataFile` objects",
    ),
    "entries": (
        lambda t: [e for m in t.current_snapshot().manifests(t.io) for e in m.fetch_manifest_entry(t.io)],
        "these are ManifestEntry objects",
    ),
    "manifests": (lambda t: {m.manifest_path for m in t.current_snapshot().manifests(t.io)}, "are among them"),
    "keys": (lambda t: {path.removeprefix("s3://lab01/") for path in walk()(t)}, "these are keys within the bucket"),
    "the bucket's list": (listed, "what is in the bucket does not tell"),
    "deleted ones too": (walk(deleted=True), "marked as deleted in their manifest"),
    "every snapshot": (walk(every=True), "walk from the current one"),
    "the first manifest": (first_manifest, "live files are missing"),
}
