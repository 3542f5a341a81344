"""The process: real Kafka clients around the relay, again and again until it is told to stop."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiokafka import (
    AIOKafkaConsumer,
    AIOKafkaProducer,
    ConsumerRebalanceListener,
    TopicPartition,
)
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError

from services.normalizer.publisher import Publisher
from services.normalizer.records import MAX_RECORD_BYTES, Incoming, Outgoing
from services.normalizer.relay import Relay
from services.normalizer.settings import NormalizerSettings

CLIENT_ID: Final = "normalizer"
CLOSE_TIMEOUT_S: Final = 2.0
RESTART_AFTER_S: Final = 2.0

log = structlog.get_logger()


class FinishBatchFirst(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """Delays a rebalance until the batch in flight is committed, so that the next owner starts after it."""

    def __init__(self, in_flight: asyncio.Lock) -> None:
        self._in_flight = in_flight

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Wait for the batch; its own commit is all that these partitions have outstanding."""
        async with self._in_flight:
            log.info("partitions revoked", partitions=len(revoked))

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Say how much of the work is ours."""
        log.info("partitions assigned", partitions=len(assigned))


@dataclass(frozen=True)
class Worker:
    """The normalizer as a process."""

    settings: NormalizerSettings
    route: Callable[[Incoming], Outgoing]

    async def serve(self) -> None:
        """Run until SIGTERM or SIGINT; then finish the batch, unless that takes longer than `shutdown_timeout_s`."""
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        work = asyncio.create_task(self.run(stop))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        try:
            await asyncio.wait_for(work, self.settings.shutdown_timeout_s)
        except TimeoutError:
            log.warning("stopped in mid-batch; its records will be read again")
        log.info("stopped")

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop` is set. An error of Kafka's starts over with new clients, from the committed offsets.

        New clients, because after a record that the broker refused, the idempotent producer's sequence has a gap and
        every later record would be refused too.
        """
        while not stop.is_set():
            try:
                await self._session(stop)
            except KafkaError as error:
                log.warning("starting over from the committed offsets", error=str(error))
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), RESTART_AFTER_S)

    async def _session(self, stop: asyncio.Event) -> None:
        settings = self.settings
        in_flight = asyncio.Lock()
        # The consumer is made only once the producer is up: a client that is not closed complains at its end.
        async with _started(self._producer()) as producer:
            await self._require_topics(producer)
            async with _started(self._consumer(in_flight)) as consumer:
                relay = Relay(
                    consumer,
                    Publisher(producer),
                    self.route,
                    batch_max_records=settings.batch_max_records,
                    in_flight=in_flight,
                )
                log.info("ready", group=settings.group_id, sources=settings.sources, sink=settings.sink)
                while not stop.is_set():
                    await relay.step()

    async def _require_topics(self, producer: AIOKafkaProducer) -> None:
        """Refuse to begin without a topic that will be needed: better no work than the same batch over and over."""
        settings = self.settings
        existing = (await producer.client.fetch_all_metadata()).topics()
        missing = [topic for topic in (*settings.sources, settings.sink, settings.dlq) if topic not in existing]
        if missing:
            raise UnknownTopicOrPartitionError(f"no topic {', '.join(missing)}; `lakehouse up` creates them")

    def _producer(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            bootstrap_servers=self.settings.kafka.bootstrap_servers,
            client_id=CLIENT_ID,
            acks="all",
            enable_idempotence=True,
            max_request_size=MAX_RECORD_BYTES,
            max_batch_size=MAX_RECORD_BYTES // 2,
        )

    def _consumer(self, in_flight: asyncio.Lock) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka.bootstrap_servers,
            client_id=CLIENT_ID,
            group_id=self.settings.group_id,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=MAX_RECORD_BYTES,
        )
        consumer.subscribe(self.settings.sources, listener=FinishBatchFirst(in_flight))
        return consumer


@asynccontextmanager
async def _started(client: Any) -> AsyncIterator[Any]:  # noqa: ANN401 - either of aiokafka's untyped clients
    try:
        await client.start()
        yield client
    finally:
        with suppress(TimeoutError):  # without Kafka, stop() waits for acknowledgements that cannot come
            await asyncio.wait_for(client.stop(), CLOSE_TIMEOUT_S)
