"""What can be wrong with a store: rows at and beyond a column's limit, twice the same, and a database that is away."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import psycopg
from psycopg.errors import DataError, InFailedSqlTransaction, IntegrityError

from labkit.labs.bronze import tables
from labkit.servers.own_orchestrator import an_event
from services.contracts.events import UnifiedEvent

INT: Final = 2**31 - 1
EVENTS: Final = "payment_events"
QUARANTINE: Final = "payment_events_quarantine"
Store = Callable[[Any, tables.Row], object]


def cases() -> dict[str, tuple[UnifiedEvent, str]]:
    """Return events with fresh ids at and beyond the limits of columns, and what should become of each."""
    return {
        "a good row": (an_event(), "stored"),
        "the largest amount that numeric(20,4) holds": (an_event(amount=Decimal("9999999999999999.9999")), "stored"),
        "an amount of 10000000000000000": (an_event(amount=Decimal(10) ** 16), "quarantined"),
        "a currency of four letters": (an_event(currency="USDX"), "quarantined"),
        "the largest attempt_number that integer holds": (an_event(attempt_number=INT), "stored"),
        "an attempt_number of 2147483648": (an_event(attempt_number=INT + 1), "quarantined"),
        "a row without a status": (an_event(status=None), "quarantined"),
    }


def mistake(store: Store) -> str | None:
    """Store each case through a connection of its own, one of them twice; return what is wrong, None if nothing is."""
    for name, (event, wanted) in cases().items():
        if found := _wrong(store, name, event, wanted):
            return found
    return _wrong_when_repeated(store)


def _wrong(store: Store, name: str, event: UnifiedEvent, wanted: str) -> str | None:
    row = tables.row_of(event)
    try:
        with tables.connect() as connection:
            said = store(connection, dict(row))
    except psycopg.Error as error:
        return f"{name}: `store` raised {_kind(error)}"
    with tables.connect() as connection:
        stored = tables.read(connection, EVENTS, event.event_id)
        quarantined = tables.read(connection, QUARANTINE, event.event_id)
    if not stored and not quarantined:
        return f"{name} is in neither table, and `store` said {said!r}: that is how payments get lost"
    if (wanted == "stored") != bool(stored):
        where = (
            f"{EVENTS}.id = {stored[0]['id']}" if stored else f"the quarantine, because of {quarantined[0]['reason']}"
        )
        return f"{name} should be {wanted}, and is in {where}" + _changed(stored, row)
    if said != wanted:
        return f"{name} is where it should be, but `store` said {said!r}, not {wanted!r}"
    return None


def _kind(error: psycopg.Error) -> str:
    """Return the error's class and what to do; its own message may quote the row."""
    if isinstance(error, InFailedSqlTransaction):
        return "InFailedSqlTransaction: after an error the transaction is void, up to the savepoint before it"
    if isinstance(error, DataError | IntegrityError):
        family = "a DataError" if isinstance(error, DataError) else "an IntegrityError"
        return f"{type(error).__name__}, which is {family}: such a row belongs into the quarantine"
    return type(error).__name__


def _changed(stored: list[tables.Row], row: tables.Row) -> str:
    columns = [
        name for name in ("amount", "currency", "attempt_number", "status") for one in stored if one[name] != row[name]
    ]
    return f": its {columns[0]} was changed until it fitted" if columns else ""


def _wrong_when_repeated(store: Store) -> str | None:
    event = an_event()
    said: object = None
    for fraud_score in (0.5, 0.9):
        with tables.connect() as connection:
            said = store(connection, tables.row_of(event) | {"fraud_score": fraud_score})
    with tables.connect() as connection:
        stored = tables.read(connection, EVENTS, event.event_id)
        quarantined = tables.read(connection, QUARANTINE, event.event_id)
    if quarantined:
        return "an event that came again is in the quarantine: a second telling is no error, it is already there"
    if stored[0]["fraud_score"] != 0.5:  # noqa: PLR2004 - the first of the two
        return "an event that came again overwrote its row: what was loaded to Iceberg and what is here differ now"
    if said != "already there":
        return f"an event that came again left one row, but `store` said {said!r}, not 'already there'"
    return None


def mistake_when_away(store: Store) -> str | None:
    """Store a row through a connection that is gone; return what is wrong, None if nothing is."""
    connection = tables.connect()
    connection.close()  # what a connection is after the server went away
    try:
        said = store(connection, tables.row_of(an_event()))
    except psycopg.OperationalError:
        return None
    return f"PostgreSQL was away, and `store` said {said!r}: let OperationalError through, so that it is tried again"
