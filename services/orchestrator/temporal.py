"""Temporal as the starter and the worker see it."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final

import stamina
import structlog
from temporalio.client import Client
from temporalio.common import TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from services.contracts.settings import Temporal
from services.orchestrator.converter import DATA_CONVERTER
from services.orchestrator.errors import StartRefusedError
from services.orchestrator.messages import Payment
from services.orchestrator.searching import search_attributes
from services.orchestrator.settings import OrchestratorSettings

LONGEST_WAIT_S: Final = 10.0
LONGEST_ID_BYTES: Final = 255  # Temporal's limit where it runs on PostgreSQL; the same everywhere, then

log = structlog.get_logger(__name__)


def workflow_id(event_id: str) -> str:
    """Return the id that makes a second workflow for the same event impossible."""
    return f"payment-{event_id}"


async def connect(temporal: Temporal) -> Client:
    """Return a connected client, however long the server takes to come up."""
    async for attempt in stamina.retry_context(on=RuntimeError, attempts=None, timeout=None, wait_max=LONGEST_WAIT_S):
        with attempt:  # the SDK raises RuntimeError when the server cannot be reached
            return await Client.connect(temporal.address, namespace=temporal.namespace, data_converter=DATA_CONVERTER)
    raise AssertionError("a retry without a limit ends by returning")


def worker(
    client: Client, settings: OrchestratorSettings, workflow: type, activities: Iterable[Callable[..., Any]]
) -> Worker:
    """Return the worker, not yet running."""
    return Worker(
        client,
        task_queue=settings.temporal.task_queue,
        workflows=[workflow],
        workflow_runner=UnsandboxedWorkflowRunner(),  # the sandbox costs as much as the rest; tests replay inside it
        activities=list(activities),
        max_concurrent_local_activities=settings.max_concurrent_activities,
        no_remote_activities=True,  # all are local: no polling for others
        graceful_shutdown_timeout=timedelta(seconds=settings.shutdown_timeout_s),
    )


class TemporalWorkflows:
    """Starts workflows of one class on one task queue. An outage is waited out; a bad request is not."""

    def __init__(self, client: Client, workflow: type, task_queue: str) -> None:
        self._client = client
        self._run = workflow.run  # type: ignore[attr-defined]  # `@workflow.defn` has seen to it that there is one
        self._task_queue = task_queue

    async def start(self, payment: Payment) -> bool:
        """Start the payment's workflow; False if its id was ever used, so that a repeated event starts nothing new.

        Raises:
            StartRefusedError: Temporal does not accept the id or the input.
        """
        if len(workflow_id(payment.event.event_id).encode()) > LONGEST_ID_BYTES:
            raise StartRefusedError("the event's id is too long for a workflow's id")
        # A context, not a decorator: stamina logs a decorated call's arguments, and these hold the payment.
        async for attempt in stamina.retry_context(on=_may_pass, attempts=None, timeout=None, wait_max=LONGEST_WAIT_S):
            with attempt:
                return await self._start_once(payment)
        raise AssertionError("a retry without a limit ends by returning")

    async def _start_once(self, payment: Payment) -> bool:
        try:
            try:
                await self._request(payment, search_attributes(payment.event))
            except RPCError as error:
                if error.status is not RPCStatusCode.INVALID_ARGUMENT:
                    raise
                await self._request(
                    payment, TypedSearchAttributes.empty
                )  # whose fault: the attributes', or the event's?
                log.warning("started, but not to be found by its search attributes", **payment.log_keys())
        except WorkflowAlreadyStartedError:
            return False
        except RPCError as error:
            if error.status is RPCStatusCode.INVALID_ARGUMENT:
                raise StartRefusedError("Temporal does not accept the workflow's id or input") from error
            raise
        return True

    async def _request(self, payment: Payment, attributes: TypedSearchAttributes) -> None:
        await self._client.start_workflow(
            self._run,
            payment,
            id=workflow_id(payment.event.event_id),
            task_queue=self._task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            search_attributes=attributes,
            request_eager_start=True,  # the first task comes with the answer, to the worker in this process
        )


def _may_pass(error: Exception) -> bool:
    return isinstance(error, RPCError)
