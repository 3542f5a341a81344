"""JSON that every later reader understands in the same way (RFC 8259, and I-JSON, RFC 7493, for what it leaves open).

Python's `json` takes NaN, 1e999, 30-digit integers, lone surrogates, UTF-16, and the last of two equal keys. Another
reader of the same record would see another value, or fail. So these are refused at the door.

Two decoders: a quick one that takes ordinary events only and is sure of what it takes, and for all else an exact one,
three times as slow, which says what is wrong.
"""

import json
import math
from typing import Annotated, Any, Final, NoReturn

import msgspec

from services.gateway.errors import EventError

MAX_DEPTH: Final = 64
_ORDINARY_DEPTH: Final = 8
_WHITESPACE: Final = b" \t\n\r"
_INT64: Final = range(-(2**63), 2**63)
_INT64_DIGITS: Final = 20


def decode(body: bytes) -> Any:  # noqa: ANN401 - JSON is any of its types
    """Return the JSON value of the body. Raises `EventError`, which says what is wrong and quotes nothing."""
    try:
        value = _ordinary.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return decode_exactly(body)
    # msgspec keeps the last of two equal keys, so what it writes has each key once. If that is the body again, but for
    # whitespace, then so had the body. (Deleting whitespace within strings, too, leaves the number of keys as it is.)
    written = _encoder.encode(value)
    if written == body or written.translate(None, _WHITESPACE) == body.translate(None, _WHITESPACE):
        return value
    return decode_exactly(body)


def decode_exactly(body: bytes) -> Any:  # noqa: ANN401 - JSON is any of its types
    """Return what `decode` returns, and raise what it raises; without its short cut for ordinary events."""
    try:
        value = _decoder.decode(body.decode())
        if b"\\u" in body:
            # An escape can spell half a character, which no later writer could encode.
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeError:
        raise EventError("the body is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise EventError(f"the body is not JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise EventError(f"the body nests deeper than {MAX_DEPTH} levels") from None
    # Fewer opening brackets than levels cannot be too deep: most events need no walk.
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _check_depth(value)
    return value


def _check_depth(value: Any) -> None:  # noqa: ANN401 - JSON is any of its types
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        containers = [item for item in level if isinstance(item, dict | list)]
        if not containers:
            return
        level = [child for item in containers for child in (item.values() if isinstance(item, dict) else item)]
    raise EventError(f"the body nests deeper than {MAX_DEPTH} levels")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise EventError("an object in the body has the same key twice")
    return members


def _integer(digits: str) -> int:
    # The length first: converting a million digits takes seconds.
    if len(digits) > _INT64_DIGITS or (number := int(digits)) not in _INT64:
        raise EventError("an integer in the body does not fit into 64 bits")
    return number


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise EventError("a number in the body does not fit into 64 bits")
    return number


def _constant(name: str) -> NoReturn:
    raise EventError(f"the body contains {name}, which is not JSON")


_decoder: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)


def _nested(levels: int) -> Any:  # noqa: ANN401 - a type, made at run time
    """The type of JSON values of at most so many levels, with integers of 64 bits."""
    scalar = None | bool | Annotated[int, msgspec.Meta(ge=_INT64.start, le=_INT64.stop - 1)] | float | str
    value: Any = scalar
    for _ in range(levels):
        value = scalar | list[value] | dict[str, value]
    return value


_ordinary: Final = msgspec.json.Decoder(_nested(_ORDINARY_DEPTH))
_encoder: Final = msgspec.json.Encoder()
