"""Run Alembic's migrations from Python: the configuration is code, so that no path or URL is kept in an ini file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import stamina
from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import OperationalError

from services.contracts.settings import Postgres

MIGRATIONS = Path(__file__).parent / "migrations"
FIRST_CONNECTION_TIMEOUT_S = 30.0


def engine(postgres: Postgres) -> Engine:
    """Return a SQLAlchemy engine on the bronze database, spoken to through psycopg 3."""
    url = URL.create(
        "postgresql+psycopg",
        username=postgres.user,
        password=postgres.password.get_secret_value(),
        host=postgres.host,
        port=postgres.port,
        database=postgres.db,
    )
    return create_engine(url)


def upgrade(postgres: Postgres, revision: str = "head") -> None:
    """Apply the migrations up to `revision`; those already applied are left alone."""
    with _configured(postgres) as config:
        command.upgrade(config, revision)


def downgrade(postgres: Postgres, revision: str) -> None:
    """Undo the migrations down to `revision`; `base` undoes them all, and their rows are gone."""
    with _configured(postgres) as config:
        command.downgrade(config, revision)


@stamina.retry(on=OperationalError, attempts=None, timeout=FIRST_CONNECTION_TIMEOUT_S)
def _connect(database: Engine) -> Connection:
    """Connect, waiting for a server that is still starting. Raises `OperationalError` when it stays away."""
    return database.connect()


@contextmanager
def _configured(postgres: Postgres) -> Iterator[Config]:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    database = engine(postgres)
    try:
        with _connect(database) as connection, connection.begin():
            # env.py takes the connection from here: all steps of one command share one transaction.
            config.attributes["connection"] = connection
            yield config
    finally:
        database.dispose()
