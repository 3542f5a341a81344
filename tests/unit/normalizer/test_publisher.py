from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from services.normalizer.publisher import partition_of


@given(st.binary(min_size=1, max_size=40), st.integers(min_value=1, max_value=12))
def test_a_key_goes_to_the_partition_that_any_kafka_client_finds_for_it(key: bytes, count: int) -> None:
    partitions = tuple(range(count))
    assert partition_of(key, partitions) == DefaultPartitioner()(key, list(partitions), list(partitions))


def test_records_without_a_key_share_a_partition() -> None:
    assert partition_of(None, (0, 1, 2)) == partition_of(b"", (0, 1, 2))
