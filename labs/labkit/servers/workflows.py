"""Asking Temporal: a connection, and what the history of a workflow holds."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TypeVar

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.runtime import Runtime, TelemetryConfig

from labkit.errors import ServerDownError
from services.contracts.settings import Temporal

T = TypeVar("T")


async def connect() -> Client:
    """Return a client of the platform's Temporal. Raises `ServerDownError`."""
    settings = Temporal()
    try:
        return await Client.connect(settings.address, namespace=settings.namespace, runtime=quiet())
    except RuntimeError:
        raise ServerDownError(
            f"Temporal does not answer at {settings.address}",
            try_next="`lab.platform.run('pipeline', 'up')`, then run this cell again.",
        ) from None


@cache
def quiet() -> Runtime:
    """Return the SDK without its log: what that says of a learner's mistakes, a check says in its own words."""
    logging.getLogger("temporalio").setLevel(logging.CRITICAL)
    return Runtime(telemetry=TelemetryConfig(logging=None))


def with_client(do: Callable[[Client], Coroutine[None, None, T]]) -> T:
    """Run `do` with a client, in a thread of its own: a notebook's thread already runs an event loop."""

    async def session() -> T:
        return await do(await connect())

    return in_a_thread(session())


def in_a_thread(work: Coroutine[None, None, T]) -> T:
    """Return what `work` returns; it runs in a thread and on an event loop of its own."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()


@dataclass(frozen=True)
class Scheduled:
    """An activity as its workflow ordered it: `timeout` for one attempt, `in_all` for all of them (0: no limit)."""

    event_id: int
    name: str
    timeout: timedelta
    in_all: timedelta
    attempts: int
    first_wait: timedelta


def scheduled(history: WorkflowHistory) -> list[Scheduled]:
    """Return the activities that a history orders, in order. `attempts` 0 means without end."""
    found = []
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            ordered = event.activity_task_scheduled_event_attributes
            policy = ordered.retry_policy
            found.append(
                Scheduled(
                    event.event_id,
                    ordered.activity_type.name,
                    _duration(ordered.start_to_close_timeout),
                    _duration(ordered.schedule_to_close_timeout),
                    policy.maximum_attempts,
                    _duration(policy.initial_interval),
                )
            )
    return found


def lines(history: WorkflowHistory) -> list[tuple[str, str, str]]:
    """Return number, type and what matters of each event, as Temporal's UI lists them."""
    return [(str(event.event_id), _name(event), _detail(event, history.events)) for event in history.events]


def _name(event: HistoryEvent) -> str:
    words = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").split("_")
    return "".join(word.capitalize() for word in words)


def _detail(event: HistoryEvent, events: Sequence[HistoryEvent]) -> str:  # noqa: PLR0911 - one for each kind
    match event.WhichOneof("attributes"):
        case "activity_task_scheduled_event_attributes":
            return event.activity_task_scheduled_event_attributes.activity_type.name
        case "activity_task_started_event_attributes":
            started = event.activity_task_started_event_attributes
            return f"{_activity(started.scheduled_event_id, events)}, attempt {started.attempt}"
        case "activity_task_completed_event_attributes":
            return _activity(event.activity_task_completed_event_attributes.scheduled_event_id, events)
        case "activity_task_failed_event_attributes":
            failed = event.activity_task_failed_event_attributes
            why = failed.failure.cause.message or failed.failure.message
            return f"{_activity(failed.scheduled_event_id, events)}: {why}"
        case "timer_started_event_attributes":
            return f"{_duration(event.timer_started_event_attributes.start_to_fire_timeout)}"
        case "workflow_task_failed_event_attributes":
            return event.workflow_task_failed_event_attributes.failure.message
        case "marker_recorded_event_attributes":
            return event.marker_recorded_event_attributes.marker_name
    return ""


def _activity(scheduled_event_id: int, events: Sequence[HistoryEvent]) -> str:
    return events[scheduled_event_id - 1].activity_task_scheduled_event_attributes.activity_type.name


def _duration(value: Duration) -> timedelta:
    return value.ToTimedelta()
