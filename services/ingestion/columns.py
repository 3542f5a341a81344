"""Bronze's columns as Iceberg fields: which type becomes which, what is new, and what may not change."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pyiceberg.schema import Schema
from pyiceberg.types import (
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IcebergType,
    IntegerType,
    LongType,
    StringType,
    TimestampType,
    TimestamptzType,
)

from services.ingestion.errors import ColumnChangedError

_TYPES: Final[dict[str, IcebergType]] = {
    "boolean": BooleanType(),
    "smallint": IntegerType(),
    "integer": IntegerType(),
    "bigint": LongType(),
    "real": FloatType(),
    "double precision": DoubleType(),
    "text": StringType(),
    "character varying": StringType(),
    "character": StringType(),
    "jsonb": StringType(),
    "json": StringType(),
    "uuid": StringType(),
    "date": DateType(),
    "timestamp with time zone": TimestamptzType(),
    "timestamp without time zone": TimestampType(),
}
_TYPE = re.compile(r"(?P<name>[a-z ]+?)(\((?P<arguments>[\d,]+)\))?(?P<rest> with(out)? time zone)?")
_MAX_PRECISION: Final = 38
_READ_AS_TEXT: Final = frozenset({"numeric", "jsonb", "json", "uuid"})
"""ADBC has no Arrow type of its own for these."""


@dataclass(frozen=True)
class Column:
    """A bronze column; `type` as PostgreSQL's `format_type` writes it: `numeric(20,4)`, `character varying(3)`."""

    name: str
    type: str

    @property
    def is_read_as_text(self) -> bool:
        """Whether it must be cast to text to be read."""
        return self.type.partition("(")[0] in _READ_AS_TEXT

    @property
    def iceberg_type(self) -> IcebergType:
        """The Iceberg type of its copy.

        Raises:
            ColumnChangedError: there is none that holds every value of it.
        """
        parts = _TYPE.fullmatch(self.type)
        name = f"{parts['name']}{parts['rest'] or ''}" if parts else self.type
        if parts and name == "numeric" and parts["arguments"]:
            precision, scale = map(int, parts["arguments"].split(","))
            if precision <= _MAX_PRECISION:
                return DecimalType(precision, scale)
        if name not in _TYPES:
            raise ColumnChangedError(f"column {self.name} is {self.type}, for which there is no Iceberg type here")
        return _TYPES[name]


def added(schema: Schema, columns: Sequence[Column]) -> list[Column]:
    """Return the columns that the Iceberg schema lacks.

    Raises:
        ColumnChangedError: a column has another type than its field, or is gone. Iceberg could widen some types, but
            what a changed type means for the rows already loaded is for a person to decide.
    """
    found = {column.name: column for column in columns}
    for field in schema.fields:
        if field.name not in found:
            raise ColumnChangedError(f"column {field.name} is gone from bronze, but the Iceberg table has it")
        if (column := found[field.name]).iceberg_type != field.field_type:
            raise ColumnChangedError(
                f"column {field.name} is now {column.type} in bronze, but {field.field_type} in the Iceberg table"
            )
    return [column for column in columns if column.name not in schema.column_names]
