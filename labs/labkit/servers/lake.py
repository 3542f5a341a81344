"""Asking the Iceberg catalog, as pyiceberg sees it: tables that checks make and take away again."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import requests
from pyiceberg.catalog import Catalog as IcebergCatalog
from pyiceberg.exceptions import NoSuchTableError, RESTError

from labkit.errors import ServerDownError
from services.contracts import iceberg
from services.contracts.settings import Catalog


def catalog(warehouse: str) -> IcebergCatalog:
    """Return the catalog of that name in Polaris, or the reference catalog, which has but one.

    Raises:
        ServerDownError: it does not answer.
    """
    settings = Catalog(warehouse=warehouse)
    try:
        return iceberg.load(settings)
    except (requests.ConnectionError, requests.Timeout):
        raise ServerDownError(
            f"the Iceberg catalog does not answer at {settings.uri}",
            try_next="`lab.platform.run('up', '--only', 'catalog')`, then run this cell again.",
        ) from None


@contextmanager
def gone_afterwards(found: IcebergCatalog, table: str) -> Iterator[None]:
    """Delete a table and its files when the block ends, whether or not it was made."""
    try:
        yield
    finally:
        remove(found, table)


def remove(found: IcebergCatalog, table: str) -> None:
    """Delete a table and its files; one that is not there is as good."""
    with suppress(NoSuchTableError):
        try:
            found.purge_table(table)
        except RESTError:  # Polaris purges only where the catalog allows it; its files then go with the bucket.
            found.drop_table(table)
