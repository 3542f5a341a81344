"""Temporal as the starter and the worker see it."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final

import stamina
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from services.contracts.settings import Temporal
from services.orchestrator.converter import DATA_CONVERTER
from services.orchestrator.errors import StartRefusedError
from services.orchestrator.messages import Payment
from services.orchestrator.settings import OrchestratorSettings

LONGEST_WAIT_S: Final = 10.0


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
        activities=list(activities),
        max_concurrent_local_activities=settings.max_concurrent_activities,
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
        # A context, not a decorator: stamina logs a decorated call's arguments, and these hold the payment.
        async for attempt in stamina.retry_context(on=_may_pass, attempts=None, timeout=None, wait_max=LONGEST_WAIT_S):
            with attempt:
                return await self._start_once(payment)
        raise AssertionError("a retry without a limit ends by returning")

    async def _start_once(self, payment: Payment) -> bool:
        event = payment.event
        try:
            await self._client.start_workflow(
                self._run,
                payment,
                id=workflow_id(event.event_id),
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                memo={
                    "payment_intent_id": event.payment_intent_id,
                    "charge_id": event.charge_id,
                    "customer_id": event.customer_id,
                },
                request_eager_start=True,  # the first task comes with the answer, to the worker in this process
            )
        except WorkflowAlreadyStartedError:
            return False
        except RPCError as error:
            if error.status is RPCStatusCode.INVALID_ARGUMENT:
                raise StartRefusedError("Temporal does not accept the workflow's id or input") from error
            raise
        return True


def _may_pass(error: Exception) -> bool:
    return isinstance(error, RPCError)
