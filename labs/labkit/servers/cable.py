"""The cable between one Kafka client and Kafka. A lab pulls it and puts it back; nobody else notices."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from labkit.errors import ServerDownError
from stack.context import LOCALHOST, Context

_CHUNK: Final = 2**16
_WAIT_S: Final = 5


class Cable:
    """Forwards bytes. A client that is given `address` also comes back here, as Kafka's second listener tells it to."""

    def __init__(self, loop: asyncio.AbstractEventLoop, port: int, kafka_port: int) -> None:
        """Run in `loop`, listen on `port`, forward to Kafka's listener on `kafka_port`; `put_back` connects it."""
        self.address = f"{LOCALHOST}:{port}"
        self._loop = loop
        self._port = port
        self._kafka_port = kafka_port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    def pull(self) -> None:
        """Break every connection, and refuse new ones."""
        self._wait(self._pull())

    def put_back(self) -> None:
        """Let clients connect again. Raises `OSError` if the port is taken."""
        self._wait(self._put_back())

    def _wait(self, doing: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(_WAIT_S)

    async def _put_back(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._forward, LOCALHOST, self._port)

    async def _pull(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            kafkas, to_kafka = await asyncio.open_connection(LOCALHOST, self._kafka_port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, to_kafka}
        await asyncio.gather(_pump(reader, to_kafka), _pump(kafkas, writer))
        self._writers -= {writer, to_kafka}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    with suppress(OSError, RuntimeError):
        writer.close()


@contextmanager
def laid() -> Iterator[Cable]:
    """Lay a cable to this clone's Kafka, for the block.

    Raises:
        ServerDownError: its port is taken. (Toxiproxy, which the platform's own fault tests use, listens there too.)
    """
    context = Context.load()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="cable", daemon=True)
    thread.start()
    cable = Cable(loop, context.port("toxiproxy", "kafka"), context.port("kafka", "behind_proxy"))
    try:
        try:
            cable.put_back()
        except OSError:
            remedy = (
                "if another notebook of this lab is open, stop its kernel (Kernel → Shut Down), then run this again."
            )
            raise ServerDownError(f"{cable.address} is taken, so no cable can begin there", try_next=remedy) from None
        yield cable
        cable.pull()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        _end(loop)


def _end(loop: asyncio.AbstractEventLoop) -> None:
    left: set[asyncio.Task[Any]] = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.close()
