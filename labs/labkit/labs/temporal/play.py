"""Workers and runs of this lab: its own task queue, on the platform's Temporal."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle, WorkflowHistory
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner

from labkit.errors import WrongAnswerError

TASK_QUEUE: Final = "lab-temporal"
PATIENCE_S: Final = 8.0


def own_queue() -> str:
    """Return the name of a task queue that no other worker listens to."""
    return f"{TASK_QUEUE}-{secrets.token_hex(4)}"


def worker(
    client: Client,
    workflow: type,
    activities: Sequence[Callable[..., Any]],
    *,
    task_queue: str = TASK_QUEUE,
    runner: WorkflowRunner | None = None,
) -> Worker:
    """Return a worker, not yet running.

    It runs workflows outside the SDK's sandbox, which would import their module again: a notebook is no module. And a
    mistake in a workflow ends it; a worker in production leaves it open, so that it goes on once the code is mended.

    Raises:
        WrongAnswerError: this is no workflow.
    """
    try:
        return Worker(
            client,
            task_queue=task_queue,
            workflows=[workflow],
            activities=activities,
            activity_executor=ThreadPoolExecutor(max_workers=4),
            workflow_runner=runner or UnsandboxedWorkflowRunner(),
            workflow_failure_exception_types=[Exception],
            # A worker that is gone is not waited for longer than this.
            sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),
        )
    except ValueError as error:
        raise WrongAnswerError(
            f"this is no workflow: {error}", try_next="`@workflow.defn` on the class, `@workflow.run` on its `run`."
        ) from None


@dataclass(frozen=True)
class Run:
    """How one workflow went. `error` says what it failed with; neither it nor a result: it is still open."""

    workflow_id: str
    result: object
    error: str
    history: WorkflowHistory

    @property
    def is_open(self) -> bool:
        """Whether it had not ended when we looked."""
        return self.result is None and not self.error


async def outcome(handle: WorkflowHandle[Any, Any], patience_s: float = PATIENCE_S) -> Run:
    """Wait for a workflow's end, for a limited time; one that is still open then is terminated."""
    result, error = None, ""
    try:
        result = await asyncio.wait_for(handle.result(), patience_s)
    except WorkflowFailureError as failure:
        error = _root(failure)
    except TimeoutError:
        pass
    history = await handle.fetch_history()
    if result is None and not error:
        await handle.terminate("the lab has seen enough")
    return Run(handle.id, result, error, history)


def _root(failure: BaseException) -> str:
    while failure.__cause__ is not None:
        failure = failure.__cause__
    kind = getattr(failure, "type", None) or type(failure).__name__
    return f"{kind}: {getattr(failure, 'message', failure)}"
