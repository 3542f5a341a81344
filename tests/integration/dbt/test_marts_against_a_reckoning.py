"""The marts, built batch by batch from random histories, are row for row what plain Python makes of the same events."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.integration.dbt import reckoning
from tests.integration.dbt.histories import Row, history
from tests.integration.dbt.lake import Lake

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(900)]

MARTS = {
    "dim_customer": "customers",
    "dim_merchant": "merchants",
    "fct_payments": "facts",
    "fct_daily_payments": "daily",
}


def plain(value: object) -> object:
    """Return numbers as numbers, whatever their type and trailing zeros, and times in UTC."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value).normalize()
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def counted(rows: Iterable[Row], columns: list[str]) -> Counter[tuple[object, ...]]:
    return Counter(tuple(plain(row[name]) for name in columns) for row in rows)


def differences(lake: Lake, expected: reckoning.Marts) -> dict[str, Any]:
    """Return, per mart that differs, the columns and the rows that only the lake and only the reckoning has."""
    found = {}
    for table, name in MARTS.items():
        actual, wanted = lake.query(f"select * from {table}"), getattr(expected, name)  # noqa: S608 - our own names
        columns = sorted(set(actual[0]) & set(wanted[0]))
        left, right = counted(actual, columns), counted(wanted, columns)
        if left != right:
            found[table] = columns, list(left - right)[:3], list(right - left)[:3]
    return found


WRITE = ("build", "--full-refresh", "--exclude-resource-type", "test", "unit_test")
WRITE_AGAIN = ("run",)
WRITE_AND_TEST = ("build", "--exclude-resource-type", "unit_test")


# One example holds a dozen customers' histories, and costs three runs of dbt; so a failing seed is not shrunk.
@settings(max_examples=2, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(seed=st.integers(0, 2**32))
def test_marts_are_those_of_an_independent_computation_after_each_batch(lake: Lake, seed: int) -> None:
    lake.recreate_source()
    loaded: list[Row] = []
    for batch, command in zip(history(seed), (WRITE, WRITE_AGAIN, WRITE_AND_TEST), strict=True):
        lake.append(batch)
        loaded += batch
        lake.dbt(*command)
        assert differences(lake, reckoning.marts(loaded)) == {}
