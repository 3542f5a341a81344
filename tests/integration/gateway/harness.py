"""Gateways of a test's own, bytes sent by hand, and reading back what a gateway wrote to Kafka."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition

from services.contracts import topics
from services.contracts.settings import Kafka

GATEWAY_TOPICS = (*topics.WEBHOOKS, topics.UNROUTED, topics.WEBHOOK_DLQ)


class Reader:
    """Reads every record that is written to the topics from its start on."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def ends(self) -> dict[TopicPartition, int]:
        """Return where each partition ends now."""
        ends: dict[TopicPartition, int] = await self._consumer.end_offsets(self._consumer.assignment())
        return ends

    async def by_now(self) -> list[Any]:
        """Return the records that are there now. What a gateway has answered for is acknowledged, and so among them."""
        records: list[Any] = []
        ends = await self.ends()
        async with asyncio.timeout(20):
            while any([await self._consumer.position(partition) < end for partition, end in ends.items()]):
                for batch in (await self._consumer.getmany(timeout_ms=200)).values():
                    records.extend(batch)
        return records


@asynccontextmanager
async def reading(*names: str, from_start: bool = False) -> AsyncIterator[Reader]:
    """Start at the present end of these topics, or at their beginning."""
    consumer = AIOKafkaConsumer(bootstrap_servers=Kafka().bootstrap_servers, enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [
            TopicPartition(topic.name, partition)
            for topic in topics.ALL
            if topic.name in names
            for partition in range(topic.partitions)
        ]
        consumer.assign(partitions)
        await (consumer.seek_to_beginning if from_start else consumer.seek_to_end)(*partitions)
        for partition in partitions:
            await consumer.position(partition)
        yield Reader(consumer)
    finally:
        await consumer.stop()


@contextmanager
def process(log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a gateway of the test's own, with this environment, until the block ends; wait until it serves."""
    command = [sys.executable, "-m", "services.gateway"]
    with log.open("wb") as file:
        running = subprocess.Popen(command, env=os.environ | environment, stdout=file, stderr=subprocess.STDOUT)
    try:
        until(lambda: httpx.get(f"{environment['GATEWAY_URL']}/healthz").status_code == 200, "the gateway serves")
        yield running
    finally:
        running.terminate()
        running.wait(30)


def exchange(url: str, *parts: bytes, hang_up: bool = False) -> bytes:
    """Send these bytes as they are; return all that is answered until the gateway closes or nothing more comes."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=30) as connection:
        for part in parts:
            connection.sendall(part)
        if hang_up:
            return b""
        connection.settimeout(2)
        answer = b""
        try:
            while received := connection.recv(65536):
                answer += received
        except TimeoutError:
            pass
        return answer


def until(true: Callable[[], bool], what: str, timeout_s: float = 60) -> None:
    """Poll until something is true; having no connection counts as no."""
    deadline = time.monotonic() + timeout_s
    while True:
        with suppress(httpx.TransportError):
            if true():
                return
        assert time.monotonic() < deadline, f"not within {timeout_s:g} s: {what}"
        time.sleep(0.05)
