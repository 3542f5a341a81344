from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.publisher import partition_for


@given(key=st.binary(max_size=40), count=st.integers(1, 12))
@settings(deadline=None)
def test_a_key_goes_where_kafkas_other_clients_put_it(key: bytes, count: int) -> None:
    partitions = list(range(count))
    assert partition_for(key, partitions, partitions) == DefaultPartitioner()(key, partitions, partitions)


def test_without_a_key_any_partition_that_has_a_leader_will_do() -> None:
    assert partition_for(None, [0, 1, 2], [1]) == 1
    assert partition_for(None, [0, 1, 2], []) in {0, 1, 2}
