"""Trino, as a resource for queries on the lake."""

from collections.abc import Mapping, Sequence
from typing import Any

from trino.dbapi import connect

from services.contracts.settings import Trino


class TrinoResource:
    """The query engine, in the namespace that the ingestion writes. It takes no password here, so none can show."""

    def __init__(self, settings: Trino, namespace: str) -> None:
        """Take where Trino is, and the schema for names without one; nothing connects yet."""
        self._settings = settings
        self._namespace = namespace

    def query(self, statement: str, session: Mapping[str, str] | None = None) -> list[Sequence[Any]]:
        """Return every row of one statement's result, under these session properties of the catalog.

        Raises:
            trino.exceptions.TrinoQueryError: Trino refused the statement or could not finish it.
        """
        server = self._settings
        with connect(  # type: ignore[no-untyped-call]
            host=server.host,
            port=server.port,
            user=server.user,
            source="ingestion",
            catalog=server.catalog,
            schema=self._namespace,
            session_properties={f"{server.catalog}.{name}": value for name, value in (session or {}).items()},
        ) as connection:
            return list(connection.cursor().execute(statement).fetchall())

    def tables(self) -> list[str]:
        """Return the names of the namespace's tables; none before the first batch."""
        return sorted(name for (name,) in self.query("SHOW TABLES"))
