"""Logs of every service: one JSON object per line on stdout, whoever logs (we, uvicorn, aiokafka, temporalio)."""

import logging
import sys
from typing import Any, Final

import msgspec
import structlog

_LIBRARIES_AT_WARNING: Final = ("aiokafka", "alembic", "asyncio", "dagster", "httpcore", "httpx", "trino")


def configure(service: str) -> None:
    """Send all logs of this process to stdout, as JSON lines that carry the service's name.

    Called once, by a service's `__main__`; a library or a notebook never calls it. Loggers are then had by
    `structlog.get_logger()`. Log ids and numbers, never payloads or secrets.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _named(service),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_to_json)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_to_json),
            ],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _LIBRARIES_AT_WARNING:
        logging.getLogger(name).setLevel(logging.WARNING)


def _named(service: str) -> structlog.typing.Processor:
    def add_service(_: Any, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:  # noqa: ANN401 - structlog's own signature
        line["service"] = service
        return line

    return add_service


def _to_json(line: structlog.typing.EventDict, **_: Any) -> str:  # noqa: ANN401 - structlog passes `default=`
    return msgspec.json.encode(line, enc_hook=repr).decode()
