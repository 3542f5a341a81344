"""uvicorn's HTTP protocol with two changes: an answer is one write, and a request's head has a bounded size."""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MAX_HEAD_BYTES: Final = 2**16


class GatewayProtocol(HttpToolsProtocol):
    """One connection."""

    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own is
        """Take over a new connection."""
        super().connection_made(transport)
        self.transport = _Collecting(transport, self.loop)

    def data_received(self, data: bytes) -> None:
        """Take what has arrived, unless a head does not end: uvicorn itself would take one of any size."""
        super().data_received(data)
        if self.scope is None or "method" in self.scope:  # set once the head is complete
            self._head_bytes = 0
            return
        self._head_bytes += len(data)
        if self._head_bytes > _MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response(f"The head of the request is larger than {_MAX_HEAD_BYTES} bytes.")


class _Collecting(asyncio.Transport):
    """Writes at the end of the event loop's turn what was written in it.

    uvicorn writes an answer's head and its body one after the other, and uvloop makes a system call and a packet of
    each at once; the second costs as much as verifying a signature, for the client as well.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._waiting: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(bytes(data))

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting and not self._transport.is_closing():
            self._transport.write(b"".join(waiting))
