"""From a batch of records on payments.normalized to started workflows."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import msgspec
import structlog

from services.contracts import tracing
from services.contracts.events import decode
from services.orchestrator.dead_letters import Record, source_of, unprocessable_row
from services.orchestrator.errors import StartRefusedError
from services.orchestrator.messages import Payment
from services.orchestrator.ports import Bronze
from services.orchestrator.quarantine import quarantine

log = structlog.get_logger(__name__)


class Workflows(Protocol):
    """Where workflows are started."""

    async def start(self, payment: Payment) -> bool:
        """Start the payment's workflow; False if there is one already. Raises `StartRefusedError`."""


class Starter:
    """Starts one workflow per record, at most `max_concurrent` at a time; returns when all are acknowledged.

    So the consumer reads no faster than Temporal accepts, and commits nothing that Temporal does not have.
    """

    def __init__(self, workflows: Workflows, bronze: Bronze, *, max_concurrent: int) -> None:
        self._workflows = workflows
        self._bronze = bronze
        self._slots = asyncio.Semaphore(max_concurrent)

    async def __call__(self, records: Sequence[Record]) -> None:
        """Start them all. What can never become a workflow goes to the quarantine."""
        async with asyncio.TaskGroup() as starts:
            for record in records:
                starts.create_task(self._start(record))

    async def _start(self, record: Record) -> None:
        async with self._slots:
            try:
                payment = Payment(decode(record.value or b""), source_of(record), tracing.continued(record.headers))
                started = await self._workflows.start(payment)
            except (msgspec.DecodeError, UnicodeDecodeError, StartRefusedError) as error:
                await quarantine(self._bronze, record, unprocessable_row(record, error))
            else:
                log.info("workflow started" if started else "workflow already there", **payment.log_keys())
