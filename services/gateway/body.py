"""Reading a request's body with a bound on its size and on its time."""

import asyncio

from starlette.requests import ClientDisconnect, Request

from services.gateway.errors import BodyTooLargeError, BodyTooSlowError, ClientGoneError


async def read(request: Request, *, max_bytes: int, timeout_s: float) -> bytes:
    """Return the body's bytes. What the Content-Length says is not believed: the bytes are counted as they arrive.

    Raises:
        BodyTooLargeError: it is larger than `max_bytes`; the rest is not kept.
        BodyTooSlowError: its last byte had not arrived after `timeout_s`.
        ClientGoneError: the sender hung up.
    """
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(timeout_s):
            async for chunk in request.stream():
                size += len(chunk)
                if size > max_bytes:
                    raise BodyTooLargeError(f"the body is larger than {max_bytes} bytes")
                chunks.append(chunk)
    except TimeoutError:
        raise BodyTooSlowError(f"the body took longer than {timeout_s:g} s") from None
    except ClientDisconnect:
        raise ClientGoneError("the sender hung up in the middle of the body") from None
    return b"".join(chunks)
