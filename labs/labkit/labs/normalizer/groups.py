"""Consumer groups, looked at: who has which partitions, what is committed, and how far behind that is."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from itertools import chain
from typing import Final

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from labkit.errors import LabError
from labkit.labs.normalizer.keys import ORDERS, PARTITIONS
from labkit.panel import Panel, Tone
from labkit.servers.quiet import quiet
from labkit.servers.topics import with_consumer
from services.contracts.settings import Kafka

READERS: Final = "lab03.readers"
WITHIN_S: Final = 30
_PARTITIONS: Final = [TopicPartition(ORDERS, number) for number in range(PARTITIONS)]


def share(members: int) -> Panel:
    """Let so many members join a group, and show which partitions each has. Raises `LabError` if it takes long."""
    busy = min(members, PARTITIONS)

    async def joined() -> list[list[int]]:
        async with AsyncExitStack() as stack:
            consumers = [
                AIOKafkaConsumer(
                    ORDERS,
                    bootstrap_servers=Kafka().bootstrap_servers,
                    group_id=f"{READERS}.{members}",
                    heartbeat_interval_ms=100,
                    enable_auto_commit=False,
                )
                for _ in range(members)
            ]
            await asyncio.gather(*[stack.enter_async_context(consumer) for consumer in consumers])
            async with asyncio.timeout(WITHIN_S):
                while True:
                    given = [sorted(one.partition for one in consumer.assignment()) for consumer in consumers]
                    if sorted(chain(*given)) == list(range(PARTITIONS)) and sum(map(bool, given)) == busy:
                        return given
                    await asyncio.sleep(0.05)

    try:
        with quiet(), ThreadPoolExecutor(max_workers=1) as pool:
            given = pool.submit(asyncio.run, joined()).result()
    except TimeoutError:
        raise LabError(f"after {WITHIN_S} s, the {members} members had not shared the partitions") from None
    rows = [
        (str(number), ", ".join(map(str, one)) or "none: idle")
        for number, one in enumerate(sorted(given, reverse=True), 1)
    ]
    return Panel(f"{members} in one group, {PARTITIONS} partitions", Tone.INFO, table=(("member", "partitions"), *rows))


def forget() -> None:
    """Put the readers' group at the beginning of the topic. Raises `ServerDownError`."""
    commit(dict.fromkeys(range(PARTITIONS), 0))


def commit(offsets: Mapping[int, int]) -> None:
    """Commit these offsets (partition → next to read) for the readers' group. Raises `ServerDownError`."""

    async def ask(reader: AIOKafkaConsumer) -> None:
        reader.assign(_PARTITIONS)
        await reader.commit({TopicPartition(ORDERS, number): offset for number, offset in offsets.items()})

    with_consumer(ask, READERS)


def read(count: int) -> Panel:
    """Read the next records as the readers' group, commit, and show which they were. Raises `ServerDownError`."""

    async def ask(reader: AIOKafkaConsumer) -> list[tuple[str, str, str]]:
        reader.assign(_PARTITIONS)
        ends = await reader.end_offsets(_PARTITIONS)
        found: list[tuple[str, str, str]] = []
        # One partition after the other, so that this cell shows the same each time.
        for one in _PARTITIONS:
            while len(found) < count and await reader.position(one) < ends[one]:
                batch = await reader.getmany(one, timeout_ms=500, max_records=count - len(found))
                found += [
                    (str(one.partition), str(record.offset), msgspec.json.decode(record.value)["type"])
                    for record in batch.get(one, [])
                ]
        await reader.commit()
        return found

    rows = with_consumer(ask, READERS)
    return Panel(f"{len(rows)} records read", Tone.INFO, table=(("partition", "offset", "event"), *rows))


def board() -> Panel:
    """Show where each partition ends, what the readers' group has committed, and its lag. Raises `ServerDownError`."""

    async def ask(reader: AIOKafkaConsumer) -> list[tuple[int, int, int]]:
        reader.assign(_PARTITIONS)
        ends = await reader.end_offsets(_PARTITIONS)
        return [(one.partition, ends[one], await reader.committed(one) or 0) for one in _PARTITIONS]

    found = with_consumer(ask, READERS)
    rows = [(str(number), str(end), str(done), str(end - done)) for number, end, done in found]
    lag = sum(end - done for _, end, done in found)
    table = (("partition", "end", "committed", "lag"), *rows, ("in all", "", "", str(lag)))
    return Panel(f"The group {READERS}", Tone.INFO, table=table)
