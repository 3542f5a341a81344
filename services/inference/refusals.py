"""Every answer that is not 200 has one form: `{"error": …, "field": … or null, "remedy": …}`."""

from collections.abc import Callable, Coroutine
from traceback import extract_tb
from typing import Any, Final

import msgspec
import structlog
from fastapi import Request, Response
from starlette.exceptions import HTTPException

from services.contracts import tracing
from services.inference.errors import InferenceError, ModelError
from services.inference.messages import Refusal

log = structlog.get_logger()

_REMEDY: Final = "GET /openapi.json describes the paths and their methods"


async def _refuse(request: Request, error: Exception) -> Response:
    """Answer with what the error says of itself, and log it under the trace that the request belongs to."""
    if not isinstance(error, InferenceError):
        raise error
    facts = {"trace_id": _trace_id(request), "endpoint": request.url.path, "status": error.status, "error": str(error)}
    if isinstance(error, ModelError):
        log.error("model failed", **facts, model=error.model, version=error.version, frames=_frames(error.__cause__))
    else:
        log.warning("refused", **facts, field=error.field)
    return _answer(error.status, Refusal(str(error), error.field, error.remedy), error.headers)


async def _no_such_endpoint(_: Request, error: Exception) -> Response:
    """Answer 404 and 405 in the same form."""
    if not isinstance(error, HTTPException):
        raise error
    allowed = (error.headers or {}).get("Allow")
    what = f"this path takes {allowed} only" if allowed else "there is no such path"
    return _answer(error.status_code, Refusal(what, None, _REMEDY), error.headers)


async def _fail(_: Request, error: Exception) -> Response:
    """Answer 500 without details; Starlette raises the error again, and the server logs its traceback."""
    what = f"inference failed: {type(error).__name__}"
    return _answer(InferenceError.status, Refusal(what, None, InferenceError.remedy))


HANDLERS: Final[dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]]] = {
    InferenceError: _refuse,
    HTTPException: _no_such_endpoint,
    Exception: _fail,
}


def _answer(status: int, refusal: Refusal, headers: Any = None) -> Response:  # noqa: ANN401 - Starlette's own type
    return Response(msgspec.json.encode(refusal), status, dict(headers or {}), media_type="application/json")


def _trace_id(request: Request) -> str:
    header = request.headers.get(tracing.HEADER, "").encode("latin-1")
    return tracing.trace_id(tracing.continued([(tracing.HEADER, header)]))


def _frames(error: BaseException | None) -> list[str]:
    """Where it was raised, without the message: it may quote the payload."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__ if error else None)
    ]
