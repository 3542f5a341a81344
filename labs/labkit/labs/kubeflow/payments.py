"""The café's payments as a file, as a step finds them: when, how much, and whether it was fraud."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd

from labkit.servers import feature_tables
from labkit.servers.unwarned import quietly
from services.simulator.history.generation import History
from services.training.labels import fraud
from services.training.tasks import TASKS

with quietly():
    from services.features.bootstrap import Features
    from services.features.computing import database
    from services.features.requests import CHARGES

NAMESPACE: Final = "lab14"
PAST: Final = History(events=30_000, seed=7)


@cache
def features() -> Features:
    """Return the real features service on the lab's payments. Raises `ServerDownError`."""
    return feature_tables.of(NAMESPACE, PAST)


@cache
def real() -> pd.DataFrame:
    """Return half a year of payments, earliest first: `occurred_at`, `amount_usd_cents`, `fraud`."""
    with database() as connection:
        connection.register("facts", features().facts().rows)
        connection.execute(f"create temp view charges as {CHARGES}")
        return connection.sql(
            "select event_timestamp as occurred_at, amount_usd_cents, label as fraud "  # noqa: S608 - our own SQL
            f"from ({fraud(TASKS['fraud'].horizon)}) order by event_timestamp, event_id"
        ).df()


def few() -> pd.DataFrame:
    """Return eight payments, an hour apart, of which two are fraud: enough to check a step by."""
    hours = [datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in range(8)]
    amounts = [400, 90_000, 1_200, 350, 80_000, 700, 2_500, 600]
    frauds = [False, True, False, False, True, False, False, False]
    return pd.DataFrame({"occurred_at": hours, "amount_usd_cents": amounts, "fraud": frauds})


@contextmanager
def file_of(rows: pd.DataFrame) -> Iterator[str]:
    """Yield the path of a Parquet file with these rows, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "payments.parquet"
        rows.to_parquet(path)
        yield str(path)
