"""Reading request bodies with a bound on the size of one, on its time, and on what all of them take together."""

from starlette.types import Message, Receive

from services.gateway.deadlines import Deadline
from services.gateway.errors import BodyTooLargeError, BodyTooSlowError, BusyError, ClientGoneError


class Bodies:
    """The bodies that are in memory. Whoever has read one gives it back by `release`, once it is done with."""

    def __init__(self, *, max_bytes: int, max_total_bytes: int, timeout_s: float) -> None:
        """`max_bytes` bounds one body, `max_total_bytes` all that are held at a time; `timeout_s` one read."""
        self.held_bytes = 0
        self._max_bytes = max_bytes
        self._max_total_bytes = max_total_bytes
        self._deadline = Deadline(timeout_s)

    async def read(self, receive: Receive) -> bytes:
        """Return the body's bytes. What the Content-Length says is not believed: the bytes are counted as they arrive.

        Raises:
            BodyTooLargeError: it is larger than `max_bytes`; the rest is not kept.
            BodyTooSlowError: its last byte had not arrived after `timeout_s`.
            BusyError: too many bytes of other bodies are held.
            ClientGoneError: the sender hung up.
        """
        chunks: list[bytes] = []
        size = 0
        more = True
        try:
            with self._deadline:
                while more:
                    message = await receive()
                    chunk = _chunk(message)
                    size += len(chunk)
                    self.held_bytes += len(chunk)
                    self._check(size)
                    chunks.append(chunk)
                    more = message.get("more_body", False)
        except BaseException as error:
            self.held_bytes -= size
            if isinstance(error, TimeoutError):
                raise BodyTooSlowError(f"the body took longer than {self._deadline.timeout_s:g} s") from None
            raise
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def release(self, body: bytes) -> None:
        """Make room for other bodies."""
        self.held_bytes -= len(body)

    def _check(self, size: int) -> None:
        if size > self._max_bytes:
            raise BodyTooLargeError(f"the body is larger than {self._max_bytes} bytes")
        if self.held_bytes > self._max_total_bytes:
            raise BusyError(f"the bodies of all requests together take more than {self._max_total_bytes} bytes")


def _chunk(message: Message) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientGoneError("the sender hung up in the middle of the body")
    chunk: bytes = message.get("body", b"")
    return chunk
