"""The tables of this lab: a source as the ingestion makes it, in a namespace that nobody else reads."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa

from labkit.errors import QueryRefusedError
from labkit.labs.dbt import cafe
from labkit.labs.dbt.project import GIVEN, PLACES, Project, reference
from labkit.servers import lake, warehouse
from services.contracts import iceberg
from services.contracts.settings import Catalog
from services.ingestion.lake import IcebergLake
from services.ingestion.tables import PAYMENT_EVENTS

STORY: Final = Project("lab07")
CHECKS: Final = Project("lab07_checks")
"""The checks have a source of their own, so that they find the same rows wherever the story stands."""
BEFORE: Final = "fct_before_the_late_batch"
FACTS: Final = "fct_cafe_payments"
_COUNTS: Final = """
SELECT
    (SELECT count(*) FROM {schema}.payment_events) AS loaded,
    (SELECT count(*) FROM {schema}.dim_guest) AS versions,
    (SELECT count(*) FROM {schema}.fct_before_the_late_batch) AS before
"""


def fresh_source(project: Project) -> None:
    """Make the source table anew, with what came in time, one commit per batch. Raises `ServerDownError`."""
    catalog = lake.catalog(Catalog().warehouse)
    lake.remove(catalog, f"{project.namespace}.{PAYMENT_EVENTS.name}")
    for batch in cafe.ON_TIME:
        append(project, batch)


def append(project: Project, rows: Sequence[cafe.Row]) -> None:
    """Commit rows as one snapshot, as the ingestion would."""
    table = IcebergLake(iceberg.load, project.namespace).open(PAYMENT_EVENTS).table
    table.append(pa.Table.from_pylist(list(rows), schema=table.schema().as_arrow()))


def rows(project: Project, statement: str) -> list[dict[str, Any]]:
    """Return a statement's rows; `{schema}` in it is the lab's. Raises `QueryRefusedError`, `ServerDownError`."""
    answer = warehouse.query(statement.replace("{schema}", project.namespace))
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def ready_for_checks() -> None:
    """Make sure that the checks' tables hold what they must: made once, and again after a reset.

    Raises:
        ServerDownError: the catalog or Trino does not answer.
    """
    stamp, made_of = CHECKS.folder / "made_of.sha256", _digest()
    if stamp.exists() and stamp.read_text() == made_of and _complete():
        return
    fresh_source(CHECKS)
    with CHECKS.holding({}):
        CHECKS.run("run", "+fct_cafe_payments", full_refresh=True)
        warehouse.query(_copy(BEFORE, FACTS))
        append(CHECKS, cafe.LATE_ROWS)
        CHECKS.run("run", "stg_cafe_payments", "dim_guest")
        stamp.write_text(made_of)


def facts_as_before() -> None:
    """Put the facts back to what they were when the late batch arrived."""
    warehouse.query(_copy(FACTS, BEFORE))


def _copy(target: str, original: str) -> str:
    schema = CHECKS.namespace
    return f"CREATE OR REPLACE TABLE {schema}.{target} AS SELECT * FROM {schema}.{original}"  # noqa: S608 - our own names


def _complete() -> bool:
    try:
        [found] = rows(CHECKS, _COUNTS)
    except QueryRefusedError:  # one of the tables is not there
        return False
    return [found["loaded"], found["versions"]] == [len(cafe.EVERYTHING), len(cafe.VERSIONS)]


def _digest() -> str:
    """Return a hash over what the checks' tables are made of."""
    digest = hashlib.sha256(repr(cafe.EVERYTHING).encode())
    for path in sorted(GIVEN.rglob("*.sql")):
        digest.update(path.read_bytes())
    for exercise in PLACES:
        digest.update(reference(exercise).encode())
    return digest.hexdigest()
