"""A lake of the tests' own: an Iceberg namespace with the ingestion's source table, and dbt pointed at it."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
from pyiceberg.catalog import Catalog

import trino
from services.contracts import iceberg
from services.contracts.environment import environment
from services.contracts.settings import REPOSITORY
from services.contracts.settings import Trino as TrinoSettings
from services.ingestion.tables import PAYMENT_EVENTS

PROJECT = str(REPOSITORY / "dbt")
Row = dict[str, Any]


@dataclass(frozen=True)
class Lake:
    """A namespace, what is in it, and dbt, which writes its artifacts to `target`."""

    catalog: Catalog
    namespace: str
    target: Path

    def recreate_source(self) -> None:
        """Make the source table anew, empty."""
        name = (self.namespace, PAYMENT_EVENTS.name)
        if self.catalog.table_exists(name):
            self.catalog.drop_table(name)
        self.catalog.create_table(name, schema=PAYMENT_EVENTS.schema, partition_spec=PAYMENT_EVENTS.partition_spec)

    def append(self, rows: Sequence[Row]) -> None:
        """Commit rows to the source table, as the ingestion would."""
        table = self.catalog.load_table((self.namespace, PAYMENT_EVENTS.name))
        table.append(pa.Table.from_pylist(list(rows), schema=table.schema().as_arrow()))

    def invoke(self, *arguments: str) -> Any:  # noqa: ANN401 - dbt's own result, which differs by command
        """Run a dbt command in this process, where dbt is imported once."""
        folders = ["--project-dir", PROJECT, "--profiles-dir", PROJECT]
        server = TrinoSettings()
        variables = {
            "TRINO_HOST": server.host,
            "TRINO_PORT": str(server.port),
            "TRINO_SCHEMA_NAME": self.namespace,
            "DBT_TARGET_PATH": str(self.target),
        }
        with environment(variables), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # dbt's own, none of them about this repository
            from dbt.cli.main import dbtRunner  # noqa: PLC0415 - seven seconds, which only these tests should wait for

            return dbtRunner().invoke([arguments[0], "--quiet", *arguments[1:], *folders])

    def dbt(self, *arguments: str) -> Any:  # noqa: ANN401 - dbt's own result, which differs by command
        """Run a dbt command that has to succeed, and return its result."""
        outcome = self.invoke(*arguments)
        assert outcome.success, outcome.exception or failures(outcome.result)
        return outcome.result

    def query(self, statement: str) -> list[Row]:
        """Return a statement's rows."""
        return self.measured(statement)[0]

    def measured(self, statement: str) -> tuple[list[Row], int]:
        """Return a statement's rows, and how many rows Trino read for them."""
        server = TrinoSettings()
        with trino.dbapi.Connection(
            host=server.host, port=server.port, user=server.user, catalog=server.catalog, schema=self.namespace
        ) as connection:
            cursor = connection.cursor().execute(statement)
            rows = cursor.fetchall()
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in rows], int(cursor.stats["processedRows"])


def failures(results: Any) -> dict[str, str]:  # noqa: ANN401 - dbt's own result, which differs by command
    """Return what failed in a `dbt build`, with its message."""
    return {each.node.name: each.message for each in results if each.status in ("error", "fail")}


@contextmanager
def scratch(target: Path) -> Iterator[Lake]:
    """Make a namespace with an empty source table, and drop it afterwards."""
    catalog = iceberg.load()
    lake = Lake(catalog, f"scratch_{uuid4().hex[:12]}", target)
    catalog.create_namespace(lake.namespace)
    lake.recreate_source()
    lake.dbt("deps")
    try:
        yield lake
    finally:
        for table in catalog.list_tables(lake.namespace):
            catalog.drop_table(table)
        catalog.drop_namespace(lake.namespace)
