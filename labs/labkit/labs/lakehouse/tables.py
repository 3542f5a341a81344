"""Exercise 5: a table on the live catalog, made through pyiceberg and read by Trino."""

from collections.abc import Mapping
from typing import Final

from pyiceberg.catalog import Catalog as IcebergCatalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.transforms import DayTransform
from pyiceberg.types import DecimalType, DoubleType, FloatType, NestedField, TimestampType

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.lakehouse import names, sample, setup
from labkit.servers import lake
from labkit.spec import Passed

COLUMNS: Final = {field.name: field for field in sample.SCHEMA.fields}


def check(attempt: Attempt) -> Passed:
    """Make the table, put a row into it, make it again, and have Trino read the row."""
    catalog = setup.open_catalog()
    setup.open_trino()
    name = f"{names.NAMESPACE}.{names.own('payments')}"
    location = names.location(name)
    with lake.gone_afterwards(catalog, name):
        returned = attempt(catalog, name, location)
        table = _made(catalog, name)
        if mistake := _of_schema(table.schema()) or _of_partition(table):
            raise WrongAnswerError(mistake)
        if table.location().rstrip("/") != location:
            raise WrongAnswerError(
                "the table's files are elsewhere, where the catalog would put them: pass the `location` on"
            )
        if not isinstance(returned, Table):
            raise WrongAnswerError(
                f"the table is right, and the function returned a {type(returned).__name__}: return the table"
            )
        sample.append(table, sample.payments("42.00"))
        _again(attempt, catalog, name, location)
        rows = sample.ask(table, "payment_id, amount, paid_at")
        (partition,) = sample.ask(table, "partition.paid_at_day", "$partitions") if _named(table) else [("its day",)]
    return Passed(
        "the catalog has your table, its row outlived a second run, and Trino reads it",
        {"Trino": f"{len(rows)} row of {rows[0][1]} dollars, in the partition {partition[0]}"},
    )


def _made(catalog: IcebergCatalog, name: str) -> Table:
    try:
        return catalog.load_table(name)
    except NoSuchTableError:
        raise WrongAnswerError("it ran, and the catalog has no table of the `name` that it was given") from None


def _again(attempt: Attempt, catalog: IcebergCatalog, name: str, location: str) -> None:
    try:
        attempt(catalog, name, location)
    except WrongAnswerError as error:
        kind = type(error.__cause__).__name__
        raise WrongAnswerError(
            f"the second run raised {kind}; a table that is there already is to be returned as it is"
        ) from None
    if _made(catalog, name).current_snapshot() is None:
        raise WrongAnswerError(
            "a row was put into the table between two runs, and the second run lost it: never drop a table"
        )


def _of_schema(schema: Schema) -> str | None:
    found = {field.name: field for field in schema.fields}
    missing, extra = sorted(set(COLUMNS) - set(found)), sorted(set(found) - set(COLUMNS))
    if missing or extra:
        lists = (f"{word} {', '.join(found)}" for word, found in (("missing", missing), ("too many", extra)) if found)
        return f"the columns are not those asked for: {'; '.join(lists)}"
    return _of_types(found) or _of_required(found)


def _of_types(found: Mapping[str, NestedField]) -> str | None:
    amount, paid_at = found["amount"].field_type, found["paid_at"].field_type
    if isinstance(amount, DoubleType | FloatType):
        return f"`amount` is a {amount}: ten times 0.1 is not 1 in it; money is a decimal"
    if isinstance(amount, DecimalType) and amount != COLUMNS["amount"].field_type:
        return f"`amount` is a {amount}; the platform's amounts are decimal(20, 4)"
    if isinstance(paid_at, TimestampType):
        return "`paid_at` is a timestamp without a zone, so nobody knows which nine o'clock it means: TimestamptzType"
    for name, wanted in COLUMNS.items():
        if found[name].field_type != wanted.field_type:
            return f"`{name}` is a {found[name].field_type}; asked for was a {wanted.field_type}"
    return None


def _of_required(found: Mapping[str, NestedField]) -> str | None:
    for name, wanted in COLUMNS.items():
        if found[name].required != wanted.required:
            return f"`{name}` is {_must(found[name].required)}; asked for was {_must(wanted.required)}"
    return None


def _must(required: bool) -> str:  # noqa: FBT001 - it says what the flag means
    return "required" if required else "optional"


def _of_partition(table: Table) -> str | None:
    fields = table.spec().fields
    if not fields:
        return "the table has no partitions: a question about one day would read every file"
    if len(fields) > 1:
        return f"the table is partitioned by {len(fields)} things; asked for was the day of `paid_at` alone"
    column, transform = table.schema().find_column_name(fields[0].source_id), fields[0].transform
    if column != "paid_at":
        return f"the table is partitioned by `{column}`; asked for was the day of `paid_at`"
    if not isinstance(transform, DayTransform):
        return f"the partition is `{transform}` of `paid_at`, not its day: `DayTransform()`"
    return None


def _named(table: Table) -> bool:
    return table.spec().fields[0].name == "paid_at_day"
