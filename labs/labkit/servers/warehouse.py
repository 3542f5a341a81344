"""Asking Trino: rows of the lakehouse, and what kind of number a column is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trino.exceptions import TrinoConnectionError, TrinoUserError

import trino
from labkit.errors import QueryRefusedError, ServerDownError
from services.contracts.settings import Trino


@dataclass(frozen=True)
class Answer:
    """What a query returned. `types` are Trino's names, such as `decimal(20,4)`."""

    columns: Sequence[str]
    types: Sequence[str]
    rows: Sequence[Sequence[Any]]


def query(sql: str) -> Answer:
    """Run one query; a `;` at its end is left out.

    Raises:
        QueryRefusedError: the query is no text, empty or faulty; with Trino's words up to what it expected.
        ServerDownError: Trino does not answer.
    """
    if not isinstance(sql, str):
        raise QueryRefusedError(f"a query is a `str`, not a {type(sql).__name__}")
    statement = sql.strip().rstrip("; \n\t")
    if not statement:
        raise QueryRefusedError("the query is empty")
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
        cursor.execute(statement)
        rows = cursor.fetchall()
    except TrinoConnectionError:
        raise ServerDownError(
            f"Trino does not answer at {settings.host}:{settings.port}",
            try_next="`lab.platform.run('pipeline', 'up')`, then run this cell again.",
        ) from None
    except TrinoUserError as error:
        raise QueryRefusedError(f"Trino refused the query: {error.message.partition(' Expecting:')[0]}") from None
    finally:
        connection.close()
    described = cursor.description or []
    return Answer([column[0] for column in described], [column[1] for column in described], rows)
