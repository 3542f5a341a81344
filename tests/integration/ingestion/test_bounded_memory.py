"""The memory of a run does not grow with what waits in bronze. A million rows are in tests/bench."""

import sys
from collections.abc import Iterator

import pytest

from tests.integration.ingestion import harness
from tests.integration.ingestion.harness import Scratch

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process's peak without its parent's"),
]

PIECE_MIB = "8"


@pytest.fixture
def scratch() -> Iterator[Scratch]:
    with harness.scratch(batch_rows=1_000_000) as mine:
        yield mine


def test_ten_times_the_rows_in_one_batch_need_little_more_memory(scratch: Scratch) -> None:
    peaks = []
    for first, last in ((1, 20_000), (20_001, 220_000)):
        scratch.insert(first, last)
        found = harness.result(scratch.process(INGESTION_PIECE_MIB=PIECE_MIB))
        assert found["rows"] == [last - first + 1]
        peaks.append(int(str(found["peak_kib"])) / 1024)

    small, large = peaks
    assert large < small + 150, f"{small:.0f} MiB for 20 000 rows, {large:.0f} MiB for 200 000"
    assert len(scratch.in_iceberg()) == 220_000
