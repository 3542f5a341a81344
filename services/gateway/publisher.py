"""Writing records to Kafka so that an acknowledgement means that they stay."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError
from aiokafka.partitioner import murmur2

from services.gateway.deadlines import Deadline
from services.gateway.errors import BodyTooLargeError, NotAcknowledgedError
from services.gateway.routing import Record

log = structlog.get_logger()

# The broker's message.max.bytes (platform/kafka/server.properties). A record that only the broker refuses would leave a
# gap in the idempotent producer's sequence numbers, after which it refuses all others of that partition.
MAX_RECORD_BYTES: Final = 2**21
_MAX_BATCH_BYTES: Final = 2**18

# Java's hash of a key, which every client uses by default; in Python it takes as long as the rest of a send. An event
# rarely comes alone, so the last payments' hashes are worth keeping.
_hash: Final = lru_cache(maxsize=8192)(murmur2)


def partition_for(key: bytes | None, partitions: list[int], available: list[int]) -> int:
    """Return the partition that Kafka's other clients choose for this key; any, if there is no key."""
    if key is None:
        return random.choice(available or partitions)  # noqa: S311 - a choice of where to write, not a secret
    hashed: int = _hash(key)
    return partitions[(hashed & 0x7FFF_FFFF) % len(partitions)]


Send = Callable[[AIOKafkaProducer, Record], Awaitable[Any]]
"""Write one record with this producer; done only when all in-sync replicas have it, else raise what Kafka raised."""


def send(producer: AIOKafkaProducer, record: Record) -> Awaitable[Any]:
    """Write one record and wait for its acknowledgement: `Send` as the gateway does it."""
    acknowledged: Awaitable[Any] = producer.send_and_wait(
        record.topic, value=record.value, key=record.key, headers=list(record.headers)
    )
    return acknowledged


class KafkaPublisher:
    """An idempotent producer with `acks=all`, connected at the first use, and again after an error it cannot mend."""

    def __init__(self, bootstrap_servers: str, *, timeout_s: float, send: Send = send) -> None:
        """`timeout_s` bounds all of one `publish`: waiting for the connection, and for the acknowledgement."""
        self._bootstrap_servers = bootstrap_servers
        self._timeout_s = timeout_s
        self._deadline = Deadline(timeout_s)
        self._send = send
        self._producer: AIOKafkaProducer | None = None
        self._connecting = asyncio.Lock()

    async def publish(self, record: Record) -> None:
        """Return when all in-sync replicas have the record.

        Raises:
            NotAcknowledgedError: they did not say so in time. The record may arrive all the same, later.
            BodyTooLargeError: the record is larger than Kafka takes.
        """
        producer = None
        try:
            with self._deadline:
                producer = await self._connected()
                await self._send(producer, record)
        except MessageSizeTooLargeError:
            raise BodyTooLargeError(f"the record is larger than Kafka's limit of {MAX_RECORD_BYTES} bytes") from None
        except (TimeoutError, KafkaTimeoutError):
            raise NotAcknowledgedError(f"Kafka did not acknowledge within {self._timeout_s:g} s") from None
        except KafkaError as error:
            await self._discard(producer)
            raise NotAcknowledgedError(f"Kafka did not acknowledge: {type(error).__name__}") from None

    async def ready(self) -> bool:
        """Tell whether a broker answers now."""
        try:
            async with asyncio.timeout(self._timeout_s):
                producer = await self._connected()
                return bool(await producer.client.force_metadata_update())
        except (TimeoutError, KafkaError):
            return False

    async def stop(self) -> None:
        """Send what is still waiting, for at most `timeout_s`, and close the connections."""
        await self._discard(self._producer)

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            async with self._connecting:
                if self._producer is None:
                    self._producer = await self._connect()
        return self._producer

    async def _connect(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap_servers,
            client_id="gateway",
            acks="all",
            enable_idempotence=True,
            max_request_size=MAX_RECORD_BYTES,
            max_batch_size=_MAX_BATCH_BYTES,
            partitioner=partition_for,
            request_timeout_ms=int(self._timeout_s * 1000),
        )
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return producer

    async def _discard(self, producer: AIOKafkaProducer | None) -> None:
        """Close this producer, unless somebody else already has, so that the next `publish` makes a new one."""
        replaced = producer is not self._producer
        if producer is None or replaced:
            return
        self._producer = None
        try:
            async with asyncio.timeout(self._timeout_s):
                await producer.stop()
        except (TimeoutError, KafkaError) as error:
            log.warning("producer closed with records unsent", error=type(error).__name__)
            await producer.client.close()


@asynccontextmanager
async def running(publisher: KafkaPublisher) -> AsyncIterator[None]:
    """Connect in the background while the server starts (it starts without Kafka, too), and stop in the end."""
    first_connection = asyncio.create_task(publisher.ready())
    try:
        yield
    finally:
        first_connection.cancel()
        with suppress(asyncio.CancelledError):
            await first_connection
        await publisher.stop()
