"""Logs of every service: one JSON object per line on stdout, whoever logs (we, uvicorn, aiokafka, temporalio)."""

import asyncio
import atexit
import logging
import sys
from collections import deque
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

import msgspec
import structlog
from structlog.typing import Processor

_LIBRARIES_AT_WARNING: Final = ("aiokafka", "alembic", "asyncio", "dagster", "httpcore", "httpx", "trino")

_encode: Final = msgspec.json.Encoder(enc_hook=repr).encode


def configure(service: str) -> None:
    """Send all logs of this process to stdout, as JSON lines that carry the service's name.

    Called once, by a service's `__main__`; a library or a notebook never calls it. Loggers are then had by
    `structlog.get_logger()`; where lines are many, by `structlog.get_logger().bind()`, once, which saves finding out
    each time what was configured. Log ids and numbers, never payloads or secrets.
    """
    out = Lines(sys.stdout.buffer)
    atexit.register(out.write_all)
    common: list[Processor] = [_common(service), structlog.processors.format_exc_info]
    structlog.configure(
        processors=[*common, _render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: out,
        cache_logger_on_first_use=True,
    )
    handler = _LinesHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *common],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _render_text],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _LIBRARIES_AT_WARNING:
        logging.getLogger(name).setLevel(logging.WARNING)


class Lines:
    """Writes lines: at once, or in an event loop at the end of its turn, those of one turn together.

    A busy server handles several requests per turn, and a write to a pipe takes as long as all else about a line. What
    a kill -9 can lose are the lines of one turn. It is the logger that structlog writes to.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._waiting: deque[bytes] = deque()
        self._scheduled = False

    def msg(self, line: bytes) -> None:
        """Write a line, which ends without a newline. May be called from any thread."""
        self._waiting.append(line)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.write_all()
            return
        if not self._scheduled:
            self._scheduled = True
            loop.call_soon(self.write_all)

    debug = info = warning = error = critical = msg

    def write_all(self) -> None:
        """Write what is waiting."""
        self._scheduled = False
        lines = []
        while self._waiting:
            lines.append(self._waiting.popleft())
        if lines:
            self._out.write(b"\n".join([*lines, b""]))
            self._out.flush()


class _LinesHandler(logging.Handler):
    def __init__(self, out: Lines) -> None:
        super().__init__()
        self._out = out

    def emit(self, record: logging.LogRecord) -> None:
        self._out.msg(self.format(record).encode())


def _common(service: str) -> Processor:
    def add(_: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401 - structlog's own signature
        line["level"] = "error" if method == "exception" else method
        line["timestamp"] = datetime.now(UTC)  # msgspec writes it as RFC 3339 has it, with Z
        line["service"] = service
        return line

    return add


def _render(_: Any, __: str, line: MutableMapping[str, Any]) -> bytes:  # noqa: ANN401 - structlog's own signature
    return _encode(line)


def _render_text(_: Any, __: str, line: MutableMapping[str, Any]) -> str:  # noqa: ANN401 - structlog's own signature
    return _encode(line).decode()
