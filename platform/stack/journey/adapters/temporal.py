"""The workflow that takes one event from `payments.normalized` to bronze."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.service import RPCError, RPCStatusCode

from services.contracts.settings import Temporal
from stack.journey.errors import StageUnavailableError
from stack.journey.sightings import Sighting, Stage

RPC_TIMEOUT = timedelta(seconds=10)


class TemporalStage:
    """The Temporal server as a stage."""

    stages = (Stage.WORKFLOW,)

    def __init__(self, settings: Temporal) -> None:
        self._settings = settings

    def look(self, event_id: str) -> Mapping[str, Sequence[Sighting]]:
        """Return the event's workflow, found by its id."""
        try:
            described = asyncio.run(self._describe(f"payment-{event_id}"))
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return {}
            raise StageUnavailableError(f"Temporal at {self._settings.address}: {error}") from error
        except RuntimeError as error:  # what a refused connection is to the SDK
            raise StageUnavailableError(f"Temporal at {self._settings.address}: {error}") from error
        return {Stage.WORKFLOW: [_sighting(described)]}

    async def _describe(self, workflow_id: str) -> WorkflowExecutionDescription:
        client = await Client.connect(self._settings.address, namespace=self._settings.namespace)
        return await client.get_workflow_handle(workflow_id).describe(rpc_timeout=RPC_TIMEOUT)


def _sighting(described: WorkflowExecutionDescription) -> Sighting:
    status = described.status.name.lower() if described.status else "unknown"
    return Sighting(
        where=f"{described.id} ({status})",
        at=described.start_time,
        details={
            "workflow_id": described.id,
            "status": status,
            "run_id": described.run_id,
            "closed_at": described.close_time,
        },
    )
