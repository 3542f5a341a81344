"""The Iceberg schemas against the bronze tables that they copy."""

import pytest
from pyiceberg.types import DecimalType, DoubleType, IntegerType, LongType, StringType, TimestamptzType
from sqlalchemy import BigInteger, DateTime, Float, Integer, Numeric, String
from sqlalchemy.dialects.postgresql import JSONB

from services.ingestion.tables import ALL, BronzeTable

STAY_BEHIND = {"id", "loaded_to_iceberg", "loaded_at"}
# The first that fits: BigInteger is an Integer, and Float a Numeric.
TYPES = (
    (BigInteger, LongType()),
    (Integer, IntegerType()),
    (Float, DoubleType()),
    (Numeric, DecimalType(20, 4)),
    (JSONB, StringType()),
    (String, StringType()),
    (DateTime, TimestamptzType()),
)

both_tables = pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)


@both_tables
def test_every_bronze_column_but_the_work_list_is_copied(table: BronzeTable) -> None:
    assert set(table.schema.column_names) == set(table.bronze.c.keys()) - STAY_BEHIND


@both_tables
def test_each_field_has_the_type_of_its_column(table: BronzeTable) -> None:
    for field in table.schema.fields:
        column_type = table.bronze.c[field.name].type
        assert field.field_type == next(mine for theirs, mine in TYPES if isinstance(column_type, theirs)), field.name


@both_tables
def test_a_field_is_required_exactly_where_its_column_is(table: BronzeTable) -> None:
    required = {field.name for field in table.schema.fields if field.required}
    # A row has its batch by the time it is copied.
    assert required == {name for name in table.schema.column_names if not table.bronze.c[name].nullable} | {
        "load_batch_id"
    }
