"""Asking Trino: rows of the lakehouse, and what kind of number a column is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trino.exceptions import TrinoConnectionError

import trino
from labkit.errors import ServerDownError
from services.contracts.settings import Trino


@dataclass(frozen=True)
class Answer:
    """What a query returned. `types` are Trino's names, such as `decimal(20,4)`."""

    columns: Sequence[str]
    types: Sequence[str]
    rows: Sequence[Sequence[Any]]


def query(sql: str) -> Answer:
    """Run one query. Raises `ServerDownError`; a faulty query raises `trino.exceptions.TrinoUserError`."""
    settings = Trino()
    connect: Any = trino.dbapi.connect  # trino publishes no types for it
    connection = connect(
        host=settings.host,
        port=settings.port,
        user=settings.user,
        catalog=settings.catalog,
        schema=settings.schema_name,
    )
    try:
        cursor = connection.cursor()
        cursor.execute(sql)
        rows = cursor.fetchall()
    except TrinoConnectionError as error:
        raise ServerDownError(
            f"Trino does not answer at {settings.host}:{settings.port}",
            try_next="`lab.platform.run('up')`, then check again.",
        ) from error
    finally:
        connection.close()
    described = cursor.description or []
    return Answer([column[0] for column in described], [column[1] for column in described], rows)
