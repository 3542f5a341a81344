from opentelemetry.trace import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from services.contracts import tracing

FROM_ELSEWHERE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_new_trace_is_one_that_opentelemetry_reads() -> None:
    begun = tracing.begin()
    context = get_current_span(TraceContextTextMapPropagator().extract({tracing.HEADER: begun})).get_span_context()
    assert context.is_valid
    assert context.trace_flags.sampled
    assert f"{context.trace_id:032x}" == tracing.trace_id(begun)


def test_two_traces_differ() -> None:
    assert tracing.begin() != tracing.begin()


def test_a_trace_is_continued_from_a_records_headers() -> None:
    headers = [("attempts", b"1"), (tracing.HEADER, FROM_ELSEWHERE.encode())]
    assert tracing.continued(headers) == FROM_ELSEWHERE
    assert tracing.trace_id(FROM_ELSEWHERE) == "0af7651916cd43dd8448eb211c80319c"


def test_a_record_without_a_valid_trace_begins_one() -> None:
    for headers in ([], [(tracing.HEADER, b"")], [(tracing.HEADER, b"\xff00-zz")], [(tracing.HEADER, b"00-0-0-01")]):
        begun = tracing.continued(headers)
        assert tracing.continued([(tracing.HEADER, begun.encode())]) == begun
