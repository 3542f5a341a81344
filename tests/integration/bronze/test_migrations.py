"""The migrated schema is the one that tables.py promises, up and down."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from services.contracts.bronze import migrate
from services.contracts.bronze.tables import metadata
from services.contracts.settings import Postgres

pytestmark = pytest.mark.integration
TABLES = {"payment_events", "payment_events_quarantine"}


def tables(postgres: Postgres) -> set[str]:
    database = migrate.engine(postgres)
    with database.connect() as connection:
        names = set(inspect(connection).get_table_names())
    database.dispose()
    return names - {"alembic_version"}


def test_the_migrated_schema_equals_the_tables(scratch_database: Postgres) -> None:
    migrate.upgrade(scratch_database)
    database = migrate.engine(scratch_database)
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = compare_metadata(context, metadata)
        predicates = connection.execute(text("SELECT indexdef FROM pg_indexes WHERE indexname LIKE '%unloaded'"))
        indices = [row[0] for row in predicates]
    database.dispose()

    assert differences == []
    assert len(indices) == 2
    assert all("WHERE (NOT loaded_to_iceberg)" in index for index in indices)


def test_downgrading_to_base_removes_the_tables_and_upgrading_brings_them_back(scratch_database: Postgres) -> None:
    migrate.downgrade(scratch_database, "base")
    assert tables(scratch_database) == set()

    migrate.upgrade(scratch_database)
    assert tables(scratch_database) == TABLES


def test_upgrading_twice_changes_nothing(scratch_database: Postgres) -> None:
    migrate.upgrade(scratch_database)
    migrate.upgrade(scratch_database)
    assert tables(scratch_database) == TABLES
