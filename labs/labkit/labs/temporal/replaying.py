"""Running a workflow's code over a history that is already written. No server is asked."""

import re
from typing import Final

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner

from labkit.servers import workflows

# The SDK's core says what is wrong within a dump of the failure that it would have reported.
_MESSAGE: Final = re.compile(r'message: "((?:[^"\\]|\\.)*)"')


async def refusal(workflow: type, history: WorkflowHistory, runner: WorkflowRunner | None = None) -> str | None:
    """Return why the code does not come to the decisions that the history tells, None if it does."""
    replayer = Replayer(
        workflows=[workflow], workflow_runner=runner or UnsandboxedWorkflowRunner(), runtime=workflows.quiet()
    )
    result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    if result.replay_failure is None:
        return None
    said = _MESSAGE.search(str(result.replay_failure))
    return said[1] if said else str(result.replay_failure)
