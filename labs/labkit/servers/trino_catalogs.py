"""Giving the running Trino another catalog file, and taking it away again: CREATE CATALOG and DROP CATALOG."""

from collections.abc import Mapping

from trino.exceptions import TrinoQueryError

from labkit.errors import QueryRefusedError
from labkit.servers import warehouse


def load(name: str, properties: Mapping[str, str]) -> None:
    """Have Trino load a catalog in the place of one of the same name. It keeps it in a file of its own.

    Raises:
        QueryRefusedError: Trino refused the properties; with its words.
    """
    drop(name)
    options = ", ".join(f""""{key}" = {_text(value)}""" for key, value in properties.items() if key != CONNECTOR)
    run(f"CREATE CATALOG {name} USING {properties[CONNECTOR]} WITH ({options})")


def drop(name: str) -> None:
    """Take a catalog out of Trino; its tables stay where they are."""
    warehouse.query(f"DROP CATALOG IF EXISTS {name}")


def loaded() -> set[str]:
    """Return the names of the catalogs that Trino has."""
    return {row[0] for row in warehouse.query("SHOW CATALOGS").rows}


def run(sql: str) -> warehouse.Answer:
    """Run a query on a catalog that may be faulty: what Trino counts as its own or the store's error is told too.

    Raises:
        QueryRefusedError: it failed, for whatever reason; with Trino's words.
    """
    try:
        return warehouse.query(sql)
    except TrinoQueryError as error:
        raise QueryRefusedError(f"Trino refused the query: {error.message}") from None


CONNECTOR = "connector.name"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
