"""The cable between one Kafka client and Kafka. A lab pulls it and puts it back; nobody else notices."""

import asyncio
import errno
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Final, TypeVar

from labkit.errors import ServerDownError
from stack.context import LOCALHOST, Context

T = TypeVar("T")
_CHUNK: Final = 2**16
_WAIT_S: Final = 5


class Cable:
    """Forwards bytes. A client that is given `address` also comes back here, as Kafka's second listener tells it to."""

    def __init__(self, loop: asyncio.AbstractEventLoop, port: int, kafka_port: int) -> None:
        """Run in `loop`, listen on `port` once it is laid, and forward to Kafka's listener on `kafka_port`."""
        self.address = f"{LOCALHOST}:{port}"
        self._loop = loop
        self._port = port
        self._kafka_port = kafka_port
        self._in_place = True
        self._writers: set[asyncio.StreamWriter] = set()

    def pull(self) -> None:
        """Break every connection, and each new one as soon as it is made."""
        self._in_place = False
        self.wait(self._break())

    def put_back(self) -> None:
        """Let clients connect again."""
        self._in_place = True

    def wait(self, doing: Coroutine[None, None, T]) -> T:
        """Run something in the cable's loop and return its result."""
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(_WAIT_S)

    async def lay(self) -> asyncio.Server:
        """Listen. Raises `OSError` if the port is taken."""
        return await asyncio.start_server(self._forward, LOCALHOST, self._port)

    async def _break(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        # Until the last connection is closed, those that had only just been accepted too.
        while left := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(left)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self._reachable(writer), suppress(OSError):
            kafkas, to_kafka = await asyncio.open_connection(LOCALHOST, self._kafka_port)
            with self._reachable(to_kafka):
                await asyncio.gather(_pump(reader, to_kafka), _pump(kafkas, writer))
            await _closed(to_kafka)
        await _closed(writer)

    @contextmanager
    def _reachable(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        """Keep a connection where `pull` finds it; the cable may be out already."""
        self._writers.add(writer)
        if not self._in_place:
            writer.transport.abort()
        try:
            yield
        finally:
            self._writers.discard(writer)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()


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
        server = cable.wait(cable.lay())
        try:
            yield cable
        finally:
            cable.pull()
            server.close()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        remedy = "if another notebook of this lab is open, stop its kernel (Kernel → Shut Down), then run this again."
        raise ServerDownError(f"{cable.address} is taken, so no cable can begin there", try_next=remedy) from None
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
