"""One lake per module."""

from collections.abc import Iterator

import pytest

from stack import lifecycle, testing
from stack.progress import Reporter
from tests.integration.dbt.lake import Lake, scratch


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    lifecycle.up(("trino",), testing.own_context(), Reporter())
    with scratch(tmp_path_factory.mktemp("dbt")) as mine:
        yield mine
