"""Exercise 8: the files behind a table, and the pictures of them that the notebook shows."""

import json
from collections.abc import Collection
from typing import Any

from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.lakehouse import names, sample
from labkit.panel import Panel
from labkit.servers import object_store
from labkit.spec import Passed

SNAPSHOTS = 6


def check(attempt: Attempt) -> Passed:
    """Compare the learner's walk with Trino's `$files`, in a table with deleted, forgotten and orphaned files."""
    table = sample.kept_table("files", SNAPSHOTS, _live)
    found = attempt(table)
    wanted = {path for (path,) in sample.ask(table, "file_path", "$files")}
    if mistake := _of_shape(found) or _of_paths({str(one) for one in found}, wanted, sample.again(table)):
        raise WrongAnswerError(mistake)
    kept = sum(key.endswith(".parquet") for key, _ in _objects(table))
    return Passed(
        "your walk ends at the very files that Trino reads",
        {"Trino": f"{len(wanted)} files are live", "the bucket": f"{kept} Parquet files, older snapshots' included"},
    )


def _live(table: Table) -> None:
    """Grow, lose a row and a whole day, take a commit back, and leave a file that a writer made and never committed."""
    sample.append(table, sample.payments("42.00", "3.50"))
    sample.append(table, sample.payments("5.00", "6.00", day=1))
    sample.append(table, sample.payments("7.00", day=2))
    table.delete("payment_id = 'pi_1_2'")
    table.delete("payment_id = 'pi_2_1'")
    good = table.metadata.current_snapshot_id
    sample.append(table, sample.payments("4200", day=3))
    table.manage_snapshots().rollback_to_snapshot(good or 0).commit()
    bucket, _, prefix = table.location().removeprefix("s3://").partition("/")
    object_store.client().put_object(Bucket=bucket, Key=f"{prefix}/data/crashed.parquet", Body=b"PAR1")


def _of_shape(found: object) -> str | None:
    if not isinstance(found, Collection) or isinstance(found, str | bytes):
        return f"`live_files` returned a {type(found).__name__}; asked for was a `set` of paths"
    if any(isinstance(one, DataFile) for one in found):
        return "these are `DataFile` objects; asked for were their paths: `.file_path`"
    if not all(isinstance(one, str) for one in found):
        return f"these are {type(next(iter(found))).__name__} objects; asked for were paths, which are `str`"
    return None


def _of_paths(paths: set[str], wanted: set[str], table: Table) -> str | None:
    if paths == wanted:
        return None
    if any(path.endswith(".avro") for path in paths):
        return "manifests (`.avro`) are among them: a manifest lists data files, it is none"
    if paths and not any(path.startswith("s3://") for path in paths):
        return "these are keys within the bucket; Iceberg's paths are whole: `s3://bucket/key`"
    return _by_content(paths, wanted, table)


def _by_content(paths: set[str], wanted: set[str], table: Table) -> str:
    in_bucket = {f"s3://{names.BUCKET}/{key}" for key, _ in _objects(table) if key.endswith(".parquet")}
    if paths == in_bucket:
        return (
            f"all {len(paths)} Parquet files of the table's folder, of which {len(wanted)} are live: "
            "what is in the bucket does not tell, the manifests do"
        )
    current = _of_current(table)
    if paths == current - wanted:
        return "these are the deleted ones only"
    if wanted < paths <= current:
        return (
            f"{len(paths - wanted)} of these are marked as deleted in their manifest: an entry may say that a file went"
        )
    if wanted < paths:
        return f"{len(paths - wanted)} of these belonged to older snapshots only: walk from the current one"
    return f"{len(wanted - paths)} live files are missing: a snapshot has several manifests, each with several entries"


def _of_current(table: Table) -> set[str]:
    """Return every path in the current snapshot's manifests, those that an entry marks as deleted included."""
    snapshot = table.current_snapshot()
    manifests = snapshot.manifests(table.io) if snapshot else []
    entries = (entry for one in manifests for entry in one.fetch_manifest_entry(table.io, discard_deleted=False))
    return {entry.data_file.file_path for entry in entries}


def _objects(table: Table) -> list[tuple[str, int]]:
    prefix = table.location().removeprefix(f"s3://{names.BUCKET}/").rstrip("/") + "/"
    return list(object_store.objects(object_store.client(), names.BUCKET, prefix))


def tree(table: Table) -> Panel:
    """Return how many objects of each kind a table has in the bucket."""
    kinds = {"metadata.json": 0, "manifest list (snap-….avro)": 0, "manifest (….avro)": 0, "data file (….parquet)": 0}
    for key, _ in _objects(table):
        name = key.rpartition("/")[2]
        if name.endswith(".metadata.json"):
            kinds["metadata.json"] += 1
        elif name.startswith("snap-"):
            kinds["manifest list (snap-….avro)"] += 1
        elif name.endswith(".avro"):
            kinds["manifest (….avro)"] += 1
        else:
            kinds["data file (….parquet)"] += 1
    rows = [(kind, str(count)) for kind, count in kinds.items()]
    return Panel(f"the objects of {'.'.join(table.name())}", table=(("kind", "objects"), *rows))


def metadata(table: Table) -> dict[str, Any]:
    """Return the table's metadata.json as it lies in the bucket."""
    content: dict[str, Any] = json.loads(object_store.read(object_store.client(), table.metadata_location))
    return content
