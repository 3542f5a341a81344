"""The trace of an event: one id in the log of every service that it passes, carried as W3C trace context.

The gateway begins a trace; the header `traceparent` takes it along on each Kafka record, and the workflow's input takes
it into Temporal. OpenTelemetry's own propagator reads the header, so that any of its tools can join in.
Source: https://www.w3.org/TR/trace-context/
"""

import os
from collections.abc import Iterable
from typing import Final

from opentelemetry.trace import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

HEADER: Final = "traceparent"

_propagator: Final = TraceContextTextMapPropagator()


def begin() -> str:
    """Return the `traceparent` of a new trace: `00-{trace id}-{span id}-01`, all hex, sampled."""
    random = os.urandom(24).hex()
    return f"00-{random[:32]}-{random[32:]}-01"


def continued(headers: Iterable[tuple[str, bytes]]) -> str:
    """Return the `traceparent` among a Kafka record's headers; a new one if there is none, or none that is valid."""
    value = next((value for name, value in headers if name == HEADER and value), b"").decode("ascii", "replace")
    span = get_current_span(_propagator.extract({HEADER: value}))
    return value if span.get_span_context().is_valid else begin()


def trace_id(traceparent: str) -> str:
    """Return the id that the logs carry: 32 hex digits."""
    return traceparent.split("-")[1]
