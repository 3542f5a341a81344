"""How messages become JSON in Temporal's history: by msgspec, which knows structs, dataclasses, datetimes and decimals.

The SDK's own converter has no decimals and would hand a struct over as text. The encoding keeps the SDK's name
`json/plain`, so that the UI shows it and any other client reads it.
"""

from typing import Any, Final

import msgspec
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    EncodingPayloadConverter,
    JSONPlainPayloadConverter,
)

ENCODING: Final = JSONPlainPayloadConverter().encoding

_encoder = msgspec.json.Encoder(decimal_format="string")


class MsgspecConverter(EncodingPayloadConverter):
    """One value to one JSON payload and back."""

    @property
    def encoding(self) -> str:
        """The encoding's name on each payload."""
        return ENCODING

    def to_payload(self, value: object) -> Payload:
        """Return the value as JSON. Raises `TypeError` for a type that msgspec does not know."""
        return Payload(metadata={"encoding": ENCODING.encode()}, data=_encoder.encode(value))

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:  # noqa: ANN401 - the SDK's signature
        """Return the value, checked against the type that the receiver declares. Raises `msgspec.ValidationError`."""
        return msgspec.json.decode(payload.data, type=Any if type_hint is None else type_hint)


class _PayloadConverter(CompositePayloadConverter):
    def __init__(self) -> None:
        others = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(*(MsgspecConverter() if each.encoding == ENCODING else each for each in others))


DATA_CONVERTER: Final = DataConverter(payload_converter_class=_PayloadConverter)
