"""What a bronze column becomes, and what may not happen to one."""

import pytest
from pyiceberg.schema import Schema
from pyiceberg.types import DecimalType, IcebergType, IntegerType, NestedField, StringType, TimestamptzType

from services.ingestion.columns import Column, added
from services.ingestion.errors import ColumnChangedError

SCHEMA = Schema(
    NestedField(1, "event_id", StringType(), required=True), NestedField(2, "attempt_number", IntegerType())
)
COLUMNS = [Column("event_id", "text"), Column("attempt_number", "integer")]


@pytest.mark.parametrize(
    ("postgres_type", "iceberg_type"),
    [
        ("character varying(3)", StringType()),
        ("jsonb", StringType()),
        ("numeric(20,4)", DecimalType(20, 4)),
        ("timestamp with time zone", TimestamptzType()),
        ("timestamp(3) with time zone", TimestamptzType()),
        ("smallint", IntegerType()),
    ],
)
def test_a_column_has_an_iceberg_type_that_holds_all_its_values(postgres_type: str, iceberg_type: IcebergType) -> None:
    assert Column("any", postgres_type).iceberg_type == iceberg_type


@pytest.mark.parametrize("postgres_type", ["numeric", "numeric(50,2)", "inet", "text[]"])
def test_a_type_without_an_iceberg_type_is_refused_with_the_columns_name(postgres_type: str) -> None:
    with pytest.raises(ColumnChangedError, match="column any is "):
        _ = Column("any", postgres_type).iceberg_type


def test_a_new_column_is_found_wherever_it_stands() -> None:
    wallet = Column("wallet", "text")

    assert added(SCHEMA, COLUMNS) == []
    assert added(SCHEMA, [wallet, *COLUMNS]) == [wallet]


def test_a_changed_type_is_refused_with_the_columns_name_and_both_types() -> None:
    with pytest.raises(ColumnChangedError, match="column attempt_number is now bigint in bronze, but int in the"):
        added(SCHEMA, [Column("event_id", "text"), Column("attempt_number", "bigint")])


def test_a_column_that_is_gone_is_refused_with_its_name() -> None:
    with pytest.raises(ColumnChangedError, match="column attempt_number is gone"):
        added(SCHEMA, COLUMNS[:1])
