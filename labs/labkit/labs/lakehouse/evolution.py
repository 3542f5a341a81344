"""Exercise 6: a column more and a column renamed, without touching a file."""

from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.types import DecimalType

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.lakehouse import sample
from labkit.spec import Passed

TIP = DecimalType(20, 4)


def check(attempt: Attempt) -> Passed:
    """Evolve a table that holds rows, compare ids and snapshots with those before, and have Trino read the result."""
    with sample.table_of_ones_own("evolve") as before:
        sample.append(before, sample.payments("42.00", "3.50"))
        attempt(sample.again(before))
        after = sample.again(before)
        if mistake := _of_table(before, after) or _of_tip(after.schema()) or _of_memo(before.schema(), after.schema()):
            raise WrongAnswerError(mistake)
        rows = sample.ask(after, "memo, tip")
    return Passed(
        "the schema has a new version, the files are the very same, and Trino reads old rows by the new names",
        {
            "field ids": f"note and memo are both {after.schema().find_field('memo').field_id}, tip is new",
            "Trino": ", ".join(f"memo={memo!r} tip={tip}" for memo, tip in sorted(rows)),
        },
    )


def _of_table(before: Table, after: Table) -> str | None:
    if after.metadata.table_uuid != before.metadata.table_uuid:
        return "this is another table under the old name: its history is gone; evolve the one that is there"
    if after.schema() == before.schema():
        return "the schema is as it was: an update only collects, until its `with` block ends or `.commit()` is called"
    if after.metadata.current_snapshot_id != before.metadata.current_snapshot_id:
        return "the table has a new snapshot, so rows were written; new names and columns need none, only metadata"
    return None


def _of_tip(after: Schema) -> str | None:
    found = {field.name: field for field in after.fields}
    if "tip" not in found:
        return "there is no column `tip`"
    if found["tip"].field_type != TIP:
        return f"`tip` is a {found['tip'].field_type}; asked for was a decimal(20, 4)"
    if found["tip"].required:
        return "`tip` is required, and the rows that are there have none: a new column is optional"
    return None


def _of_memo(before: Schema, after: Schema) -> str | None:
    old, found = before.find_field("note"), {field.name: field for field in after.fields}
    if "memo" not in found:
        return "`tip` is there, and no column `memo`: the second half of the task"
    if found["memo"].field_id != old.field_id:
        return (
            f"`memo` is a new column (field id {found['memo'].field_id}), so it is empty in every old row; "
            f"the notes are in the files under id {old.field_id}: rename, and the id stays"
        )
    if gone := sorted({field.name for field in before.fields} - {"note"} - set(found)):
        return f"`{gone[0]}` is gone; asked for was one new column and one new name"
    return None
