"""Loading a history into bronze: one COPY in one transaction, so that it is there as a whole or not at all.

Its first event therefore tells whether it is there: a second load of the same history finds it and changes nothing.
(A staging table with ON CONFLICT DO NOTHING would write every row twice for the same promise.)
"""

from collections.abc import Iterable
from typing import Final

import psycopg
from psycopg import sql

from services.contracts.settings import Postgres
from services.simulator.errors import BronzeUnavailableError
from services.simulator.history.rows import COLUMNS

TABLE: Final = sql.Identifier("payment_events")
COPY: Final = sql.SQL("COPY {} ({}) FROM STDIN").format(TABLE, sql.SQL(", ").join(map(sql.Identifier, COLUMNS)))
_PRESENT: Final = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE event_id = %s)").format(TABLE)
_LOCK: Final = sql.SQL("SELECT pg_advisory_xact_lock(hashtext('services.simulator.history'))")


def load(postgres: Postgres, chunks: Iterable[bytes], first_event_id: str) -> bool:
    """Copy the rows into bronze; return False, having read nothing of them, if they are there already.

    Two loads at the same time take turns.

    Raises:
        BronzeUnavailableError: PostgreSQL does not answer, or the table has not been made; nothing was loaded.
    """
    try:
        with psycopg.connect(postgres.dsn) as connection:
            connection.execute(_LOCK)
            present = connection.execute(_PRESENT, [first_event_id]).fetchone()
            if present == (True,):
                return False
            with connection.cursor().copy(COPY) as copy:
                for chunk in chunks:
                    copy.write(chunk)
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable) as error:
        raise BronzeUnavailableError(
            f"PostgreSQL at {postgres.host}:{postgres.port}: {error}\n"
            "  → `lakehouse up` starts PostgreSQL and makes its tables."
        ) from error
    return True
