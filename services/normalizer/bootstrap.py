"""Wires the normalizer."""

from collections.abc import Callable
from datetime import UTC, datetime

from services.normalizer import normalization
from services.normalizer.normalization import Normalize
from services.normalizer.router import Router
from services.normalizer.settings import NormalizerSettings
from services.normalizer.worker import Worker


def utc_now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


def bootstrap(
    settings: NormalizerSettings,
    *,
    normalize: Normalize = normalization.normalize,
    now: Callable[[], datetime] = utc_now,
) -> Worker:
    """Return the worker; `normalize` and `now` can be swapped, by a lab or a test.

    A `normalize` that raises anything, or returns no unified event, sends that record to the dead-letter topic.
    """
    router = Router(
        normalize=normalize,
        platform_account_id=settings.platform_account_id,
        sink=settings.sink,
        dlq=settings.dlq,
        now=now,
    )
    return Worker(settings, router)
