"""Services that run inside a notebook's kernel: their logs stay out of its outputs."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

_LOUD = ("aiokafka", "uvicorn.error")


@contextmanager
def quiet() -> Iterator[None]:
    """Drop what services log, and what libraries complain of while a lab breaks something; then all is as it was."""
    before, configured = structlog.get_config(), structlog.is_configured()
    loggers = [logging.getLogger(name) for name in _LOUD]
    levels = [logger.level for logger in loggers]
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        structlog.configure(**before) if configured else structlog.reset_defaults()
