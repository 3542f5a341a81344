"""Counting both sides, event by event: what was lost between bronze and the lake, what doubled, what still waits.

This module travels as code to a process that is killed, so it imports nothing of labkit.
"""

from collections import Counter
from dataclasses import dataclass

import psycopg
from pyiceberg.table import Table


@dataclass(frozen=True)
class Books:
    """Event ids by what is wrong with them; `unmarked` wait although the table has them; `ids` counts batches."""

    lost: frozenset[str]
    doubled: frozenset[str]
    waiting: frozenset[str]
    unmarked: frozenset[str]
    ids: int


def audit(dsn: str, table: Table) -> Books:
    """Compare bronze and an Iceberg table by event id."""
    with psycopg.connect(dsn) as connection:
        found = connection.execute("SELECT event_id, loaded_to_iceberg FROM payment_events").fetchall()
        [(ids,)] = connection.execute("SELECT count(DISTINCT load_batch_id) FROM payment_events").fetchall()
    marked: dict[str, bool] = dict(found)
    copies: Counter[str | None] = Counter(table.scan(selected_fields=("event_id",)).to_arrow()["event_id"].to_pylist())
    waiting = frozenset(event for event, loaded in marked.items() if not loaded)
    return Books(
        lost=frozenset(event for event, loaded in marked.items() if loaded and not copies[event]),
        doubled=frozenset(event for event, count in copies.items() if event and count > 1),
        waiting=waiting,
        unmarked=frozenset(event for event in waiting if copies[event]),
        ids=ids,
    )
