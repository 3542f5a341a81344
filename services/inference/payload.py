"""From a request to payments: the body within its bounds, decoded, or a refusal that names the field."""

import re
from typing import Final, TypeVar

import msgspec
from fastapi import Request
from starlette.requests import ClientDisconnect

from services.inference.errors import BodyTooLargeError, ClientGoneError, ContentTypeError, InvalidPaymentError

T = TypeVar("T")

# msgspec says "Expected `int`, got `str` - at `$.payments[3].amount_cents`", "Object missing required field `status`".
_PLACE: Final = re.compile(r" - at `\$\.?([\w.\[\]]{1,64})`$")
_ABOUT_FIELD: Final = re.compile(r"Object (contains unknown|missing required) field `(.*)`", re.DOTALL)
_INDEX: Final = re.compile(r"\[(\d+)\]")
_FAULTS: Final = {"contains unknown": "no such field is known", "missing required": "is missing"}
_LONGEST_NAME: Final = 64


async def read_json(request: Request, *, max_bytes: int) -> bytes:
    """Return the body's bytes. They are counted as they arrive: what the Content-Length says is not believed.

    Raises:
        ContentTypeError: the content type is not JSON's.
        BodyTooLargeError: the body is larger than `max_bytes`; the rest is not kept.
        ClientGoneError: the client hung up.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise ContentTypeError("the content type is not application/json")
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > max_bytes:
                raise BodyTooLargeError(f"the body is larger than {max_bytes} bytes")
            chunks.append(chunk)
    except ClientDisconnect:
        raise ClientGoneError("the client hung up in the middle of the body") from None
    return b"".join(chunks)


def decode(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Return what the decoder is for.

    Raises:
        InvalidPaymentError: the body is not JSON (NaN and Infinity are not), or the first field that is wrong.
    """
    if not body:
        raise InvalidPaymentError("the body is empty")
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None
    except msgspec.DecodeError as error:
        raise InvalidPaymentError(f"the body is not JSON: {error}") from None
    except UnicodeDecodeError:
        raise InvalidPaymentError("the body is not JSON: it is not UTF-8") from None


def _invalid(message: str) -> InvalidPaymentError:
    place = _PLACE.search(message)
    fault, path = (message[: place.start()], [_INDEX.sub(r".\1", place[1])]) if place else (message, [])
    about = _ABOUT_FIELD.fullmatch(fault)
    if about:
        fault = _FAULTS[about[1]]
        # What else a sender may use as a name is not sent back: it could be a value in the wrong place.
        path += [about[2]] if about[2].isidentifier() and len(about[2]) <= _LONGEST_NAME else []
    field = ".".join(path) or None
    return InvalidPaymentError(f"{field}: {fault}" if field else fault, field)
