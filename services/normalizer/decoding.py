"""Bytes to a typed Stripe event."""

import re
from typing import Final

import msgspec

from services.normalizer.errors import NormalizationError
from services.normalizer.stripe_events import Event

_decoder: Final = msgspec.json.Decoder(Event)
_missing_field: Final = re.compile(r"missing required field `(\w+)`")


def decode(raw: bytes) -> Event:
    """Return the event. Types are strict: for an integer, neither `15.9` nor `1.0` nor `true` nor `"15"` will do.

    Raises:
        NormalizationError: the bytes are not JSON, or a field that we read is missing or of another type.
    """
    try:
        return _decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise _refusal(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NormalizationError("$", f"is not JSON that can be read ({type(error).__name__})") from error


def _refusal(message: str) -> NormalizationError:
    """Split msgspec's "Expected `int`, got `bool` - at `$.data.object.amount`" into field and reason."""
    reason, _, path = message.rpartition(" - at ") if " - at " in message else (message, "", "`$`")
    field = path.strip("`").removeprefix("$").removeprefix(".")
    if missing := _missing_field.search(reason):
        return NormalizationError(f"{field}.{missing[1]}".removeprefix("."), "is missing")
    if reason.startswith("Invalid value"):  # the one message of msgspec that quotes the payload
        return NormalizationError(field, "is not a kind of object that tells of a payment")
    return NormalizationError(field or "$", reason)
