"""A normalizer of the learner's own: the real one with their function in it, on topics and a group of its own."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import ConsumerRecord

from labkit.errors import LabError
from labkit.servers import own_topics
from labkit.servers.quiet import quiet
from services.contracts.settings import Kafka
from services.normalizer.bootstrap import bootstrap
from services.normalizer.normalization import Normalize
from services.normalizer.settings import NormalizerSettings

PREFIX: Final = "lab03.normalizer"
SOURCE, SINK, DLQ = f"{PREFIX}.webhooks", f"{PREFIX}.normalized", f"{PREFIX}.dlq"
WITHIN_S: Final = 30
_POLL_S: Final = 0.02


@dataclass(frozen=True)
class Outcome:
    """What came out: unified events, and dead letters."""

    normalized: Sequence[ConsumerRecord[bytes, bytes]]
    dead: Sequence[ConsumerRecord[bytes, bytes]]


def run(bodies: Sequence[bytes], normalize: Normalize) -> Outcome:
    """Write bodies to its source, run it until it has committed them all, and return what it made of them.

    Raises:
        ServerDownError: Kafka does not answer.
        LabError: it did not get done.
    """
    own_topics.ensure({SOURCE: 1, SINK: 1, DLQ: 1})
    before = own_topics.ends([SINK, DLQ])
    with quiet(), ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(asyncio.run, _work(bodies, normalize)).result()
    found = own_topics.records(before)
    return Outcome(
        [record for record in found if record.topic == SINK], [record for record in found if record.topic == DLQ]
    )


async def _work(bodies: Sequence[bytes], normalize: Normalize) -> None:
    settings = NormalizerSettings(group_id=PREFIX, sources=(SOURCE,), sink=SINK, dlq=DLQ)
    end = await _produce(bodies)
    stop = asyncio.Event()
    worker = asyncio.create_task(bootstrap(settings, normalize=normalize).run(stop))
    try:
        async with asyncio.timeout(WITHIN_S):
            await _until_committed(end)
    except TimeoutError:
        raise LabError(f"after {WITHIN_S} s, the normalizer had not read its {len(bodies)} records") from None
    finally:
        stop.set()
        await worker


async def _produce(bodies: Sequence[bytes]) -> int:
    async with AIOKafkaProducer(bootstrap_servers=Kafka().bootstrap_servers, acks="all") as producer:
        for body in bodies:
            written = await producer.send_and_wait(SOURCE, body)
    return int(written.offset) + 1


async def _until_committed(end: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=Kafka().bootstrap_servers)
    await admin.start()
    try:
        partition = TopicPartition(SOURCE, 0)
        while True:
            committed = (await admin.list_consumer_group_offsets(PREFIX)).get(partition)
            if committed and committed.offset >= end:
                return
            await asyncio.sleep(_POLL_S)
    finally:
        await admin.close()
