"""A database of a lab's own on the platform's PostgreSQL: nobody counts its rows but the lab."""

import psycopg
from psycopg import sql

from labkit.errors import ServerDownError
from services.contracts.settings import Postgres


def ensure(name: str) -> Postgres:
    """Return the settings of the database of that name, which is created if it is missing. Raises `ServerDownError`."""
    shared = Postgres()
    try:
        with psycopg.connect(shared.dsn, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.OperationalError:
        raise ServerDownError(
            f"PostgreSQL does not answer at {shared.host}:{shared.port}",
            try_next="`lab.platform.run('pipeline', 'up')`, then run this cell again.",
        ) from None
    return Postgres(db=name)
