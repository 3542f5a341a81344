"""An ingestion of each test's own."""

from collections.abc import Iterator

import pytest

from tests.integration.ingestion import harness


@pytest.fixture
def scratch() -> Iterator[harness.Scratch]:
    """A bronze database and an Iceberg namespace of this test's own, batches of 400 rows."""
    with harness.scratch() as mine:
        yield mine
