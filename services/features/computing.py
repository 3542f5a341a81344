"""From facts to feature rows, in memory: DuckDB runs the SQL of `activity`, `merchants` and `customers`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from services.features.activity import ACTIVITY
from services.features.customers import CUSTOMER_FEATURES
from services.features.merchants import MERCHANT_FEATURES


@dataclass(frozen=True)
class FeatureRows:
    """One row per customer (merchant) and moment at which something changes, from `event_timestamp` on."""

    customers: pa.Table
    merchants: pa.Table


@contextmanager
def database(threads: int = 2, memory_mib: int = 1500) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty database in memory. Its clock is UTC, whatever the machine's."""
    config: dict[str, str | bool | int | float | list[str]] = {"threads": threads, "memory_limit": f"{memory_mib}MiB"}
    with duckdb.connect(config=config) as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


def compute(facts: pa.Table, threads: int = 2, memory_mib: int = 1500) -> FeatureRows:
    """Return the features of everybody in the facts, at every moment. The same facts in any order give the same."""
    with database(threads, memory_mib) as connection:
        connection.register("facts", facts)
        connection.execute(f"create temp table activity as {ACTIVITY}")
        connection.execute(f"create temp table merchant_features as {MERCHANT_FEATURES}")
        merchants = connection.table("merchant_features").to_arrow_table()
        return FeatureRows(connection.sql(CUSTOMER_FEATURES).to_arrow_table(), merchants)
