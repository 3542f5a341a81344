"""A bronze and a lake of the lab's own: a database, a namespace, and payments that arrive when a cell says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row
from pyiceberg.catalog import Catalog as IcebergCatalog
from pyiceberg.table import Table

from labkit.labs.ingestion.arriving import OPENING, arrive
from labkit.labs.ingestion.steps import Steps
from labkit.servers import lake, own_database
from services.contracts.bronze.migrate import upgrade
from services.contracts.settings import Catalog, Postgres
from services.ingestion.bootstrap import Ingestion, bootstrap
from services.ingestion.lake import IcebergLake
from services.ingestion.loading import Bronze
from services.ingestion.settings import IngestionSettings
from services.ingestion.tables import PAYMENT_EVENTS

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class World:
    """One database and one namespace, both of this name; the notebook has one, and checks have theirs."""

    name: str

    @property
    def postgres(self) -> Postgres:
        """The database, made and migrated on first use. Raises `ServerDownError`."""
        return _database(self.name)

    @property
    def settings(self) -> IngestionSettings:
        """The real ingestion's settings, pointed here."""
        return IngestionSettings(postgres=self.postgres, namespace=self.name, lock_timeout_s=5)

    @property
    def catalog(self) -> IcebergCatalog:
        """The platform's catalog. Raises `ServerDownError`."""
        return lake.catalog(Catalog().warehouse)

    def connect(self) -> Connection:
        """Return a connection to the database; rows are dictionaries. Raises `ServerDownError`."""
        try:
            return psycopg.connect(self.postgres.dsn, row_factory=dict_row)
        except psycopg.OperationalError:  # away, or reset since
            _database.cache_clear()
            return psycopg.connect(self.postgres.dsn, row_factory=dict_row)

    def ingestion(self, bronze: Bronze | None = None) -> Ingestion:
        """Return the real ingestion on this bronze and this lake."""
        catalog = self.catalog
        return bootstrap(self.settings, bronze=bronze, lake=IcebergLake(lambda: catalog, self.name))

    def steps(self) -> Steps:
        """Return the steps of a batch, as the real ingestion takes them."""
        return Steps(self.ingestion())

    def table(self) -> Table:
        """Return the Iceberg table as it is now; made if need be."""
        IcebergLake(lambda: self.catalog, self.name).open(PAYMENT_EVENTS)
        return self.catalog.load_table((self.name, PAYMENT_EVENTS.name))

    def start_over(self) -> None:
        """Empty both sides."""
        with self.connect() as connection:
            connection.execute("TRUNCATE payment_events RESTART IDENTITY")
        lake.remove(self.catalog, f"{self.name}.{PAYMENT_EVENTS.name}")

    def arrive(self, rows: int, at: datetime = OPENING, connection: Connection | None = None) -> list[str]:
        """Have payments of 1, 2, 3 … dollars arrive in bronze and return their event ids.

        Args:
            rows: How many.
            at: When bronze stored them.
            connection: In whose transaction; by default in one that is committed at once.
        """
        if connection is None:
            with self.connect() as own:
                return arrive(own, rows, at)
        return arrive(connection, rows, at)

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query on the database."""
        with self.connect() as connection:
            return connection.execute(query.encode(), parameters).fetchall()


@cache
def _database(name: str) -> Postgres:
    settings = own_database.ensure(name)
    upgrade(settings)
    return settings


def days_later(days: int, **more: float) -> datetime:
    """Return the café's opening, days (and hours, seconds …) later."""
    return OPENING + timedelta(days=days, **more)


CAFE: Final = World("lab06")
